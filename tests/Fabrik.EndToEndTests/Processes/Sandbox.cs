namespace Fabrik.EndToEndTests.Processes;

/// <summary>
/// A temporary folder with a home of its own, so that neither the product nor a build tool sees the user's files,
/// and the environment that goes with it.
/// </summary>
internal sealed class Sandbox : IDisposable
{
    private readonly Dictionary<string, string> _environment;

    public Sandbox(string? parent = null)
    {
        Root = Path.Combine(parent ?? Path.GetTempPath(), "fabrik-e2e-" + Guid.NewGuid().ToString("N"));
        _environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = System.Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin",
            ["LANG"] = "C.UTF-8",
            ["HOME"] = Make("home"),
            ["TMPDIR"] = Make("tmp"),
            ["XDG_CACHE_HOME"] = Make("home/cache"),
            ["XDG_CONFIG_HOME"] = Make("home/config"),
            ["XDG_STATE_HOME"] = Make("home/state"),
        };
    }

    public string Root { get; }

    public IReadOnlyDictionary<string, string> Environment => _environment;

    /// <summary>Makes a folder inside and tells its full path.</summary>
    public string Make(string relative) => Directory.CreateDirectory(In(relative)).FullName;

    public string In(string relative) => Path.Combine(Root, relative);

    public string Write(string relative, string text)
    {
        var path = In(relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Writes a program that this user may run.</summary>
    public string WriteProgram(string relative, string text)
    {
        var path = Write(relative, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        return path;
    }

    public Dictionary<string, string> EnvironmentWith(params (string Name, string Value)[] more)
    {
        var environment = new Dictionary<string, string>(_environment, StringComparer.Ordinal);
        foreach (var (name, value) in more)
        {
            environment[name] = value;
        }
        return environment;
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Root, recursive: true);
        }
        catch (IOException)
        {
            // A tool's helper process may still be writing to its home; the system cleans its temporary folder.
        }
    }
}
