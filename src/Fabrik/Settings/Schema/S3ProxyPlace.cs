using System.Globalization;

namespace Fabrik.Settings.Schema;

/// <summary>Settings of the S3 proxy, and by which indices they are found in its arrays.</summary>
/// <param name="Settings">The settings.</param>
/// <param name="Indices">One for each array on the way there.</param>
internal sealed record S3ProxyPlace(EffectiveSettings Settings, IReadOnlyList<int> Indices)
{
    /// <summary>The elements of an array in here.</summary>
    public IEnumerable<S3ProxyPlace> Items(SettingsSection array) => Settings.Items(array)
        .Select((item, index) => new S3ProxyPlace(item, [.. Indices, index]));

    /// <summary>Something that is wrong with a setting in here.</summary>
    public SettingError Error(Setting setting, string problem)
    {
        string[] parts = setting.Key.Split("[]");
        string key = parts[0];
        for (int i = 1; i < parts.Length; i++)
        {
            key += string.Create(CultureInfo.InvariantCulture, $"[{Indices[i - 1]}]{parts[i]}");
        }

        return new SettingError(Settings.OriginOf(setting), key, problem);
    }
}
