using Fabrik.Settings.Files;
using Fabrik.Settings.Schema;

namespace Fabrik.Settings;

/// <summary>
/// The settings that hold, each with its origin: immutable, and right as a whole. An element of an array of tables is
/// one such set of its own.
/// </summary>
internal sealed class EffectiveSettings
{
    private readonly IReadOnlyDictionary<Setting, SettingValue> _values;
    private readonly IReadOnlyDictionary<SettingsSection, IReadOnlyList<EffectiveSettings>> _items;

    internal EffectiveSettings(
        SettingsSection section,
        IReadOnlyDictionary<Setting, SettingValue> values,
        IReadOnlyDictionary<SettingsSection, IReadOnlyList<EffectiveSettings>> items,
        SettingsFile file)
    {
        Section = section;
        _values = values;
        _items = items;
        FilePath = file.Path;
        FileDigest = file.Digest;
    }

    /// <summary>The section that it is an element of; the root for the settings of a process.</summary>
    public SettingsSection Section { get; }

    /// <summary>The configuration file; null where none was found.</summary>
    public string? FilePath { get; }

    /// <summary>
    /// The SHA-256 of the configuration file's bytes in lower-case hexadecimal; empty where none was found.
    /// </summary>
    public string FileDigest { get; }

    /// <summary>The settings that have a value here, in the order of declaration.</summary>
    public IEnumerable<Setting> Settings => _values.Keys;

    /// <summary>The arrays of tables that are here, in the order of declaration.</summary>
    public IEnumerable<SettingsSection> Arrays => _items.Keys;

    /// <summary>The value of a setting.</summary>
    public T Get<T>(Setting<T> setting) => ((SettingValue<T>)_values[setting]).Value;

    /// <summary>The value of a setting, with its origin, for descriptions.</summary>
    public SettingValue ValueOf(Setting setting) => _values[setting];

    /// <summary>Where a value comes from.</summary>
    public Origin OriginOf(Setting setting) => _values[setting].Origin;

    /// <summary>Whether anybody set it.</summary>
    public bool IsSet(Setting setting) => OriginOf(setting).Kind != OriginKind.Default;

    /// <summary>The elements of an array of tables, in order.</summary>
    public IReadOnlyList<EffectiveSettings> Items(SettingsSection array) => _items[array];
}
