using System.Globalization;
using Fabrik.Settings;
using Fabrik.Settings.Schema;

namespace Fabrik.Cli.Doctor;

/// <summary>Whether the system lets the process have as many files open as settings promise connections.</summary>
internal static class LimitsCheck
{
    private const string Subject = "limits";
    private const string Path = "/proc/self/limits";
    private const string OpenFiles = "Max open files";

    // What the index, the log and the runtime keep open besides connections.
    private const int Reserve = 1000;

    /// <summary>Looks at the limits of this process, which are those of the one that serves.</summary>
    public static IEnumerable<Finding> Run(EffectiveSettings settings)
    {
        if (!File.Exists(Path) || Hard() is not { } limit)
        {
            yield break;
        }

        int connections = settings.Get(RuntimeSettings.MaxConnections);
        yield return limit < connections + Reserve
            ? Finding.Warning(
                Subject,
                $"{limit} open files allowed, but runtime.max_connections = {connections}",
                $"raise the limit (LimitNOFILE= in systemd, ulimit -n) to {connections + Reserve} or more")
            : Finding.Fine(Subject, $"{limit} open files allowed for runtime.max_connections = {connections}");
    }

    // The runtime raises the soft limit to the hard one by itself.
    private static long? Hard()
    {
        string? line = File.ReadLines(Path).FirstOrDefault(
            line => line.StartsWith(OpenFiles, StringComparison.Ordinal));
        string[] words = line?[OpenFiles.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return words.Length >= 2
            && long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out long hard)
                ? hard
                : null;
    }
}
