using System.Collections;
using Fabrik.Settings.Overrides;
using Fabrik.Settings.Schema;

namespace Fabrik.Settings;

/// <summary>Where settings come from. Nothing else of the machine is looked at.</summary>
internal sealed record SettingsSources
{
    /// <summary>The declarations.</summary>
    public SettingsSchema Schema { get; init; } = SettingsSchema.Product;

    /// <summary>
    /// The folder that discovery begins in, and that relative paths of flags and variables start from. Absolute.
    /// </summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>The environment variables.</summary>
    public required SettingsEnvironment Environment { get; init; }

    /// <summary>What <c>--config</c> names; null where it is not given.</summary>
    public string? ConfigPath { get; init; }

    /// <summary>What flags set: <see cref="SettingsFlags.Extract"/>.</summary>
    public IReadOnlyList<Override> Flags { get; init; } = [];

    /// <summary>The sources of this process.</summary>
    /// <param name="configPath">What <c>--config</c> names; null where it is not given.</param>
    /// <param name="flags">What flags set.</param>
    public static SettingsSources OfProcess(string? configPath, IReadOnlyList<Override> flags) => new()
    {
        WorkingDirectory = System.Environment.CurrentDirectory,
        Environment = new SettingsEnvironment(Variables()),
        ConfigPath = configPath,
        Flags = flags,
    };

    private static Dictionary<string, string> Variables()
    {
        StringComparer comparer = OperatingSystem.IsWindows()
            ? StringComparer.OrdinalIgnoreCase
            : StringComparer.Ordinal;
        Dictionary<string, string> variables = new(comparer);
        foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
        {
            variables[(string)variable.Key] = (string?)variable.Value ?? "";
        }

        return variables;
    }
}
