using Fabrik.Settings.Overrides;

namespace Fabrik.Settings.Files;

/// <summary>Finds the configuration file.</summary>
internal static class SettingsDiscovery
{
    /// <summary>The names that are looked for in a folder, the first that exists counts.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["fabrik.toml", ".fabrik.toml", "fabrik.yaml", "fabrik.yml", "fabrik.json"];

    // Far above any real tree; ends the walk whatever the path looks like.
    private const int MaxParents = 256;

    /// <summary>
    /// What <c>--config</c> names; else what <c>FABRIK_CONFIG_PATH</c> names; else a file in the working directory or
    /// the nearest parent that has one; else <c>$XDG_CONFIG_HOME/fabrik/config.toml</c>; else null, and defaults hold.
    /// </summary>
    public static string? Find(SettingsSources sources, List<SettingError> errors)
    {
        if (sources.ConfigPath is { } asked)
        {
            return Named(asked, Origin.Flag("--config"), sources, errors);
        }

        if (sources.Environment.Find(SettingsVariables.ConfigPath) is { } variable)
        {
            return Named(variable, Origin.Variable(SettingsVariables.ConfigPath), sources, errors);
        }

        return InTree(sources.WorkingDirectory) ?? InConfigHome(sources);
    }

    private static string? Named(string path, Origin origin, SettingsSources sources, List<SettingError> errors)
    {
        string full = path.Length == 0 ? "" : Path.GetFullPath(path, sources.WorkingDirectory);
        if (File.Exists(full))
        {
            return full;
        }

        string found = Directory.Exists(full) ? "is a folder" : "does not exist";
        errors.Add(new SettingError(origin, "", $"expected a configuration file, but \"{path}\" {found}"));
        return null;
    }

    private static string? InTree(string workingDirectory)
    {
        DirectoryInfo? folder = new(workingDirectory);
        for (int i = 0; folder is not null && i < MaxParents; i++)
        {
            string at = folder.FullName;
            if (Names.Select(name => Path.Join(at, name)).FirstOrDefault(File.Exists) is { } found)
            {
                return found;
            }

            folder = folder.Parent;
        }

        return null;
    }

    private static string? InConfigHome(SettingsSources sources)
    {
        string folder = Path.Join(sources.Environment.ConfigHome, "fabrik");
        string[] names = ["config.toml", "config.yaml", "config.yml", "config.json"];
        return names.Select(name => Path.Join(folder, name)).FirstOrDefault(File.Exists);
    }
}
