using System.Collections.Immutable;

namespace Fabrik.UnitTests.Tidy;

/// <summary>
/// A ratchet: the files that had lines too long for a screen when the rule came, and how many. The numbers only fall.
/// </summary>
internal static class LongLines
{
    private static readonly ImmutableDictionary<string, int> Known = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["src/Fabrik/Settings/Reference/ReferencePage.cs"] = 3,
        ["src/Fabrik/Settings/Schema/AuthSettings.cs"] = 1,
        ["tests/Fabrik.UnitTests/Settings/Files/SettingsFormatTests.cs"] = 13,
        ["tests/Fabrik.UnitTests/Settings/Overrides/SettingsFlagsTests.cs"] = 3,
        ["tests/Fabrik.UnitTests/Settings/SettingsArrayTests.cs"] = 2,
        ["tests/Fabrik.UnitTests/Settings/SettingsErrorTests.cs"] = 5,
        ["tests/Fabrik.UnitTests/Settings/SettingsValueTests.cs"] = 4,
        ["tests/Fabrik.UnitTests/Settings/Values/ValueTypeTests.cs"] = 1,
        ["tests/Fabrik.UnitTests/Wire/Toml/TomlErrorTests.cs"] = 3,
    }.ToImmutableDictionary(StringComparer.Ordinal);

    public static IEnumerable<string> Paths => Known.Keys;

    /// <summary>The long lines that a file may have.</summary>
    public static int Allowed(string path) => Known.GetValueOrDefault(path);
}
