using Fabrik.Settings.Files;
using Fabrik.Settings.Reading;
using Fabrik.Settings.Schema;

namespace Fabrik.Settings;

/// <summary>
/// The settings that hold, each with its origin: immutable, and right as a whole. An element of an array of tables, and
/// a table with a name, is one such set of its own.
/// </summary>
internal sealed class EffectiveSettings
{
    private readonly IReadOnlyDictionary<Setting, SettingValue> _values;
    private readonly IReadOnlyDictionary<SettingsSection, IReadOnlyList<EffectiveSettings>> _items;

    internal EffectiveSettings(
        SettingsSection section,
        Place place,
        IReadOnlyDictionary<Setting, SettingValue> values,
        IReadOnlyDictionary<SettingsSection, IReadOnlyList<EffectiveSettings>> items,
        SettingsFile file)
    {
        Section = section;
        Key = place.Key;
        Name = place.Name;
        _values = values;
        _items = items;
        FilePath = file.Path;
        FileDigest = file.Digest;
    }

    /// <summary>The section that it is an element of; the root for the settings of a process.</summary>
    public SettingsSection Section { get; }

    /// <summary>
    /// The name in full: <c>upstream[0]</c>, <c>backends.hot</c>; empty for the settings of a process.
    /// </summary>
    public string Key { get; }

    /// <summary>The name that the file gives it; empty where it gives none.</summary>
    public string Name { get; }

    /// <summary>Where the file begins to say it; the default where it does not.</summary>
    public Origin Origin { get; init; } = Origin.Default;

    /// <summary>The configuration file; null where none was found.</summary>
    public string? FilePath { get; }

    /// <summary>
    /// The SHA-256 of the configuration file's bytes in lower-case hexadecimal; empty where none was found.
    /// </summary>
    public string FileDigest { get; }

    /// <summary>The settings that have a value here, in the order of declaration.</summary>
    public IEnumerable<Setting> Settings => _values.Keys;

    /// <summary>The arrays of tables, and of tables with names, that are here, in the order of declaration.</summary>
    public IEnumerable<SettingsSection> Arrays => _items.Keys;

    /// <summary>The value of a setting.</summary>
    public T Get<T>(Setting<T> setting) => ((SettingValue<T>)_values[setting]).Value;

    /// <summary>The value of a setting, with its origin, for descriptions.</summary>
    public SettingValue ValueOf(Setting setting) => _values[setting];

    /// <summary>Where a value comes from.</summary>
    public Origin OriginOf(Setting setting) => _values[setting].Origin;

    /// <summary>Whether anybody set it.</summary>
    public bool IsSet(Setting setting) => OriginOf(setting).Kind != OriginKind.Default;

    /// <summary>The name in full of a setting here, with indices and names: <c>backends.hot.servers</c>.</summary>
    public string KeyOf(Setting setting) => InFull(setting.Key);

    /// <summary>The name in full of a section here, with indices and names.</summary>
    public string KeyOf(SettingsSection section) => InFull(section.Path);

    /// <summary>The elements of an array of tables, or the tables with names, in order.</summary>
    public IReadOnlyList<EffectiveSettings> Items(SettingsSection array) => _items[array];

    /// <summary>Something that is wrong with a setting here: where it is set, or else where it could be.</summary>
    public SettingError Error(Setting setting, string problem) =>
        new(IsSet(setting) ? OriginOf(setting) : Origin, KeyOf(setting), problem);

    private string InFull(string path) => Key + path[Section.Path.Length..];
}
