using System.Globalization;
using System.Text;
using Fabrik.Settings.Overrides;
using Fabrik.Settings.Schema;

namespace Fabrik.Settings.Reference;

/// <summary>Configuration files to start from, in TOML, with what each setting means beside it.</summary>
internal static class ConfigTemplates
{
    private static readonly (string Name, string Title, (Setting Setting, string Toml)[] Lines)[] All =
    [
        ("layer1", "A build cache on a developer's machine or a CI runner: fabrik daemon",
        [
            (CacheSettings.MaxSize, "\"20GB\""),
            (CacheSettings.Eviction, "\"lfu\""),
            (BuildToolsSettings.Enabled, "[\"gradle\", \"nx\", \"turborepo\", \"http\"]"),
            (DaemonSettings.HttpPort, "0"),
            (ObservabilitySettings.LogLevel, "\"info\""),
        ]),
        ("server", "A build cache for a team: fabrik server",
        [
            (CacheSettings.Directory, "\"/var/lib/fabrik/cache\""),
            (CacheSettings.MaxSize, "\"100GB\""),
            (CacheSettings.Eviction, "\"lfu\""),
            (CacheSettings.MaxArtifactSize, "\"2GiB\""),
            (AuthSettings.Required, "true"),
            (AuthSettings.PublicKeyFile, "\"/etc/fabrik/public-key.pem\""),
            (BuildToolsSettings.Enabled, "[\"gradle\", \"nx\", \"turborepo\", \"http\"]"),
            (BuildToolsSettings.Bind, "\"*\""),
            (BuildToolsSettings.Port, "8080"),
            (ObservabilitySettings.LogFormat, "\"json\""),
            (ObservabilitySettings.HealthBind, "\"*:8888\""),
            (ObservabilitySettings.ApiBind, "\"*:9091\""),
            (RuntimeSettings.GracefulShutdownTimeout, "\"30s\""),
        ]),
    ];

    /// <summary>The names that there are.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(template => template.Name)];

    /// <summary>Writes a template; null for a name that there is not.</summary>
    public static string? Write(string name)
    {
        foreach ((string known, string title, (Setting Setting, string Toml)[] lines) in All)
        {
            if (known == name)
            {
                return Write(title, lines);
            }
        }

        return null;
    }

    private static string Write(string title, (Setting Setting, string Toml)[] lines)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"# {title}\n# Every setting: docs/configuration.md\n");
        foreach (var section in lines.GroupBy(line => line.Setting.Section))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n[{section.Key.Path}]\n");
            foreach ((Setting setting, string toml) in section)
            {
                string flag = SettingsVariables.NameOf(setting.Key);
                text.Append(CultureInfo.InvariantCulture, $"# {setting.Help} ({flag})\n{setting.Name} = {toml}\n");
            }
        }

        return text.ToString();
    }
}
