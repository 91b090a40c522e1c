namespace Fabrik.Settings.Overrides;

/// <summary>Environment variables that set settings: <c>FABRIK_CONFIG_&lt;SECTION&gt;_&lt;KEY&gt;</c>.</summary>
internal static class SettingsVariables
{
    /// <summary>What every such variable begins with.</summary>
    public const string Prefix = "FABRIK_CONFIG_";

    /// <summary>Names the configuration file; the one variable of the prefix that is no setting.</summary>
    public const string ConfigPath = "FABRIK_CONFIG_PATH";

    /// <summary>All that the environment sets.</summary>
    public static IEnumerable<Override> Read(IReadOnlyDictionary<string, string> variables) => variables
        .Where(variable => variable.Key.StartsWith(Prefix, StringComparison.Ordinal) && variable.Key != ConfigPath)
        .Select(variable => new Override(variable.Key[Prefix.Length..], variable.Value, Origin.Variable(variable.Key)));

    /// <summary>The variable of a setting, for descriptions: an array's index shows as <c>0</c>.</summary>
    public static string NameOf(string key) => Prefix + TokenOf(key);

    /// <summary>The token of a key in full.</summary>
    public static string TokenOf(string key) =>
        key.Replace("[]", "_0", StringComparison.Ordinal).Replace('.', '_').ToUpperInvariant();
}
