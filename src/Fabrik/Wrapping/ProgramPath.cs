using Fabrik.Settings.Schema;

namespace Fabrik.Wrapping;

/// <summary>Finds programs as a shell does.</summary>
internal static class ProgramPath
{
    /// <summary>
    /// The first of some programs that there is: by its path, or on <c>PATH</c>. Never this program itself, which may
    /// stand there under the name of what it wraps.
    /// </summary>
    public static string? Find(SettingsEnvironment environment, params IEnumerable<string> names)
    {
        string? own = Environment.ProcessPath is { } path ? Real(path) : null;
        return names
            .SelectMany(name => name.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal)
                ? [Path.GetFullPath(name)]
                : Candidates(environment, name))
            .FirstOrDefault(candidate => IsProgram(candidate) && Real(candidate) != own);
    }

    private static IEnumerable<string> Candidates(SettingsEnvironment environment, string name)
    {
        string[] suffixes = OperatingSystem.IsWindows() ? [".exe", ".cmd", ".bat"] : [""];
        return (environment.Find("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => suffixes.Select(suffix => Path.Join(folder, name + suffix)));
    }

    private static bool IsProgram(string path)
    {
        const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return File.Exists(path)
            && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & Execute) != UnixFileMode.None);
    }

    private static string Real(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        }
        catch (IOException)
        {
            // A link that goes in circles: nobody can run it.
            return path;
        }
    }
}
