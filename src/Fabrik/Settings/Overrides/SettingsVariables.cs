using Fabrik.Settings.Schema;

namespace Fabrik.Settings.Overrides;

/// <summary>Environment variables that set settings: <c>FABRIK_CONFIG_&lt;SECTION&gt;_&lt;KEY&gt;</c>.</summary>
internal static class SettingsVariables
{
    /// <summary>What every such variable begins with.</summary>
    public const string Prefix = "FABRIK_CONFIG_";

    /// <summary>Names the configuration file; the one variable of the prefix that is no setting.</summary>
    public const string ConfigPath = "FABRIK_CONFIG_PATH";

    /// <summary>
    /// All that the environment sets. A variable that stands for a setting yields to the setting's own.
    /// </summary>
    public static IEnumerable<Override> Read(IReadOnlyDictionary<string, string> variables, SettingsSchema schema)
    {
        foreach (FlagAlias alias in schema.FlagAliases)
        {
            if (alias.Variable is { } name && variables.TryGetValue(name, out string? text))
            {
                yield return new Override(TokenOf(alias.Setting.Key), text, Origin.Variable(name));
            }
        }

        foreach ((string name, string text) in variables)
        {
            if (name.StartsWith(Prefix, StringComparison.Ordinal) && name != ConfigPath)
            {
                yield return new Override(name[Prefix.Length..], text, Origin.Variable(name));
            }
        }
    }

    /// <summary>The variable of a setting, for descriptions: an array's index shows as <c>0</c>.</summary>
    public static string NameOf(string key) => Prefix + TokenOf(key);

    /// <summary>The token of a key in full. A dash in a name is an underscore there.</summary>
    public static string TokenOf(string key) =>
        key.Replace("[]", "_0", StringComparison.Ordinal).Replace('.', '_').Replace('-', '_').ToUpperInvariant();
}
