using Fabrik.Settings.Values;

namespace Fabrik.Settings.Schema;

/// <summary>The types that declarations choose from, with the bounds that most of them share.</summary>
internal static class SettingTypes
{
    /// <summary>The longest span that makes sense for anything here.</summary>
    public static readonly TimeSpan MaxDuration = TimeSpan.FromDays(3650);

    public static SettingType<bool> Boolean { get; } = new BooleanType();

    public static SettingType<string> Text { get; } = new TextType();

    public static SettingType<IReadOnlyList<string>> TextList { get; } = new ListType<string>(Text);

    public static SettingType<string> Path { get; } = new PathType();

    public static SettingType<string> Host { get; } = new HostType();

    public static SettingType<BindAddress> Bind { get; } = new BindType();

    public static SettingType<string> Pem { get; } = new PemType();

    /// <summary>A share of a whole, from 0 to 1.</summary>
    public static SettingType<double> Fraction { get; } = new FractionType();

    /// <summary>A port; 0 lets the system choose one.</summary>
    public static SettingType<int> Port { get; } = new IntegerType(0, ushort.MaxValue);

    public static SettingType<int> Integer(int min, int max) => new IntegerType(min, max);

    public static SettingType<ByteSize> Size(ByteSize min, ByteSize max) => new SizeType(min, max);

    public static SettingType<TimeSpan> Duration(TimeSpan min, TimeSpan? max = null) =>
        new DurationType(min, max ?? MaxDuration);

    public static SettingType<Uri?> Url(params IReadOnlyList<string> schemes) => new UrlType(schemes);

    public static SettingType<T> Choice<T>(params IReadOnlyList<(string Name, T Value)> choices)
        where T : notnull => new ChoiceType<T>(choices);

    public static SettingType<T?> Optional<T>(SettingType<T> type)
        where T : struct => new OptionalType<T>(type);
}
