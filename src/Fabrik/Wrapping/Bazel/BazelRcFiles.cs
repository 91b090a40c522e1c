using Fabrik.Settings.Schema;

namespace Fabrik.Wrapping.Bazel;

/// <summary>
/// The rc files that a command line of Bazel takes its options from (https://bazel.build/run/bazelrc), read only as far
/// as it takes to know whether they name a cache. What cannot be read is Bazel's to complain about.
/// </summary>
internal sealed class BazelRcFiles
{
    // Far above what any repository has; an import may name the file that it stands in.
    private const int MaxFiles = 100;
    private const long MaxFileSize = 1 << 20;

    private readonly string _directory;
    private readonly string? _workspace;
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly List<BazelRcLine> _lines = [];

    private BazelRcFiles(string directory)
    {
        _directory = directory;
        _workspace = WorkspaceAround(directory);
    }

    /// <summary>All options, in the order in which Bazel reads them.</summary>
    public IReadOnlyList<BazelRcLine> Lines => _lines;

    /// <summary>Reads the files of a command line.</summary>
    /// <param name="line">The command line.</param>
    /// <param name="directory">The folder that it is given in.</param>
    /// <param name="environment">Tells the user's home.</param>
    public static BazelRcFiles Read(BazelCommandLine line, string directory, SettingsEnvironment environment)
    {
        BazelRcFiles files = new(directory);
        IReadOnlyList<string> startup = line.StartupOptions;
        if (startup.Contains("--ignore_all_rc_files", StringComparer.Ordinal))
        {
            return files;
        }

        if (!startup.Contains("--nosystem_rc", StringComparer.Ordinal))
        {
            files.Take("/etc/bazel.bazelrc");
        }

        if (!startup.Contains("--noworkspace_rc", StringComparer.Ordinal) && files._workspace is { } workspace)
        {
            files.Take(Path.Join(workspace, ".bazelrc"));
        }

        if (!startup.Contains("--nohome_rc", StringComparer.Ordinal) && environment.Home is { } home)
        {
            files.Take(Path.Join(home, ".bazelrc"));
        }

        // From /dev/null on, Bazel looks at no more of them.
        foreach (string named in BazelCommandLine.ValuesOf(startup, "--bazelrc").TakeWhile(path => path != "/dev/null"))
        {
            files.Take(Path.GetFullPath(named, directory));
        }

        return files;
    }

    /// <summary>Whether an option holds for a command, by the sections and the configs that it takes.</summary>
    public bool Sets(string option, BazelCommandLine line)
    {
        HashSet<string> sections = [.. line.RcSections];
        HashSet<string> configs = ["", .. BazelCommandLine.ValuesOf(line.Options, "--config")];

        // A config may bring in others: each round adds one at least, or is the last.
        int before;
        do
        {
            before = configs.Count;
            foreach (BazelRcLine rc in Holding(sections, configs))
            {
                configs.UnionWith(BazelCommandLine.ValuesOf(rc.Options, "--config"));
            }
        }
        while (configs.Count > before);
        return Holding(sections, configs).Any(rc => BazelCommandLine.Has(rc.Options, option));
    }

    private BazelRcLine[] Holding(HashSet<string> sections, HashSet<string> configs) =>
        [.. _lines.Where(rc => sections.Contains(rc.Section) && configs.Contains(rc.Config))];

    private void Take(string path)
    {
        if (_seen.Count >= MaxFiles || !_seen.Add(path) || TextOf(path) is not { } text)
        {
            return;
        }

        string joined = text.Replace("\r\n", "\n", StringComparison.Ordinal)
            .Replace("\\\n", "", StringComparison.Ordinal);
        foreach (string line in joined.Split('\n'))
        {
            if (BazelRcLine.Words(line) is not [string first, .. var options])
            {
                continue;
            }

            if (first is "import" or "try-import")
            {
                Import(options);
                continue;
            }

            string[] parts = first.Split(':', 2);
            _lines.Add(new BazelRcLine(parts[0], parts.Length > 1 ? parts[1] : "", options));
        }
    }

    private void Import(string[] options)
    {
        const string Workspace = "%workspace%";
        if (options is not [string path])
        {
            return;
        }

        bool isInWorkspace = path.StartsWith(Workspace, StringComparison.Ordinal);
        if (!isInWorkspace || _workspace is not null)
        {
            Take(isInWorkspace
                ? Path.Join(_workspace, path[Workspace.Length..])
                : Path.GetFullPath(path, _directory));
        }
    }

    private static string? TextOf(string path)
    {
        try
        {
            return File.Exists(path) && new FileInfo(path).Length <= MaxFileSize ? File.ReadAllText(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? WorkspaceAround(string directory)
    {
        for (DirectoryInfo? folder = new(directory); folder is not null; folder = folder.Parent)
        {
            bool isWorkspace = ((string[])["MODULE.bazel", "REPO.bazel", "WORKSPACE.bazel", "WORKSPACE"])
                .Any(name => File.Exists(Path.Join(folder.FullName, name)));
            if (isWorkspace)
            {
                return folder.FullName;
            }
        }

        return null;
    }
}
