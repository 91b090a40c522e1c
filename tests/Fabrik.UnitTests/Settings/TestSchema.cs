using Fabrik.Settings.Schema;

namespace Fabrik.UnitTests.Settings;

/// <summary>
/// Declarations of every shape, for the machinery: arrays of tables in each other, secrets, required settings.
/// </summary>
internal static class TestSchema
{
    public static readonly SettingsSection Upstream = new("upstream", "Caches above this one.") { IsArray = true };

    public static readonly Setting<Uri?> Url = Upstream.Add(new Setting<Uri?>(SettingTypes.Url("grpc", "https"))
    {
        Name = "url",
        Help = "Where it is.",
        IsRequired = true,
    });

    public static readonly Setting<TimeSpan> Timeout = Upstream.Add(new Setting<TimeSpan>(
        SettingTypes.Duration(TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1)))
    {
        Name = "timeout",
        Help = "How long it may take.",
        Fallback = TimeSpan.FromSeconds(30),
        IsHot = true,
    });

    public static readonly Setting<string> SecretKey = Upstream.Add(new Setting<string>(SettingTypes.Text)
    {
        Name = "secret_key",
        Help = "What it asks for.",
        Fallback = "",
        IsSecret = true,
        StandardVariables = ["AWS_SECRET_ACCESS_KEY"],
    });

    public static readonly Setting<int> Pin = Upstream.Add(new Setting<int>(SettingTypes.Integer(0, 9999))
    {
        Name = "pin",
        Help = "A secret that is a number.",
        IsSecret = true,
    });

    public static readonly SettingsSection Replica = Upstream.Add(
        new SettingsSection("replica", "Copies of it.") { IsArray = true });

    public static readonly Setting<string> Region = Replica.Add(new Setting<string>(SettingTypes.Text)
    {
        Name = "region",
        Help = "Where it stands.",
        Fallback = "none",
    });

    public static readonly SettingsSection Tls = Upstream.Add(new SettingsSection("tls", "How it is secured."));

    public static readonly Setting<bool> Verify = Tls.Add(new Setting<bool>(SettingTypes.Boolean)
    {
        Name = "verify",
        Help = "Whether its certificate is checked.",
        Fallback = true,
    });

    public static readonly SettingsSection General = new("general", "The rest.") { Aliases = ["common"] };

    public static readonly Setting<IReadOnlyList<string>> Names = General.Add(
        new Setting<IReadOnlyList<string>>(SettingTypes.TextList)
        {
            Name = "names",
            Help = "Some names.",
            Fallback = ["a"],
            Aliases = ["labels"],
        });

    public static readonly Setting<bool> Loud = General.Add(new Setting<bool>(SettingTypes.Boolean)
    {
        Name = "loud",
        Help = "Whether it is loud.",
    });

    public static SettingsSchema Schema { get; } = new(Upstream, General) { Later = ["p2p"] };
}
