using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Fabrik.EndToEndTests.Processes;

namespace Fabrik.EndToEndTests.Clients.Bazel;

/// <summary>A folder that Bazel builds in. Bazel's own server runs for as long as it is there.</summary>
internal sealed partial class BazelWorkspace : IDisposable
{
    // A cold JVM that loads the rules, on a machine that is busy with other tests.
    private static readonly TimeSpan BuildLimit = TimeSpan.FromMinutes(5);

    private readonly Sandbox _sandbox = new();
    private int _base;

    public BazelWorkspace(Func<BazelWorkspace, string> rules)
    {
        Program = Tools.Bazel();
        Write("WORKSPACE", "");
        Write("BUILD", rules(this));
    }

    /// <summary>Bazel itself.</summary>
    public string Program { get; }

    public string Folder => _sandbox.In("project");

    /// <summary>What every command line begins with.</summary>
    public IReadOnlyList<string> StartupOptions =>
    [
        $"--output_base={Base}", "--max_idle_secs=300", "--host_jvm_args=-XX:TieredStopAtLevel=1",
        "--host_jvm_args=-Xmx512m",
    ];

    public static string[] PlainOutput => ["--color=no", "--curses=no", "--noshow_progress"];

    private string Base => _sandbox.In($"base-{_base}");

    /// <summary>The options that lead to a cache.</summary>
    public static string[] Remote(BazelDoor door, CacheAccess cache) =>
    [
        door == BazelDoor.Grpc
            ? $"--remote_cache=grpc://127.0.0.1:{cache.GrpcPort}"
            : $"--remote_cache={cache.Address.ToString().TrimEnd('/')}",
        $"--remote_header=authorization=Bearer {cache.Token}",
    ];

    /// <summary>What a run of Bazel says of itself.</summary>
    public static BuildResult ResultOf(RunResult run)
    {
        var hits = RemoteHits().Match(run.Everything);
        return new BuildResult(
            run, hits.Success ? int.Parse(hits.Groups["count"].Value, CultureInfo.InvariantCulture) : 0);
    }

    public void Write(string name, string text) => _sandbox.Write($"project/{name}", text);

    public void WriteProgram(string name, string text) => _sandbox.WriteProgram($"project/{name}", text);

    /// <summary>Runs a command of Bazel's.</summary>
    public async Task<BuildResult> RunAsync(string command, params string[] arguments)
    {
        var line = new CommandLine(Program, [.. StartupOptions, command, .. PlainOutput, .. arguments])
        {
            Directory = Folder,
            Environment = _sandbox.Environment,
        };
        return ResultOf(await ChildProcess.RunAsync(line, BuildLimit));
    }

    /// <summary>Another output base, as on another machine; the server of the one before ends.</summary>
    public void Clean()
    {
        EndServer();
        _base++;
    }

    /// <summary>Whether a file is on this machine, or only known by its digest.</summary>
    public bool HasOutput(string name) => File.Exists(OutputPath(name));

    public string Output(string name) => File.ReadAllText(OutputPath(name));

    public void Dispose()
    {
        EndServer();
        // Bazel takes the right to write from what it has made, and from the folders of it.
        using (var chmod = Process.Start("chmod", ["-R", "u+w", _sandbox.Root]))
        {
            chmod.WaitForExit();
        }

        _sandbox.Dispose();
    }

    private string OutputPath(string name) => _sandbox.In($"project/bazel-bin/{name}");

    private void EndServer()
    {
        var file = Path.Combine(Base, "server", "server.pid.txt");
        if (File.Exists(file))
        {
            Signals.Send(int.Parse(File.ReadAllText(file).Trim(), CultureInfo.InvariantCulture), Signal.Kill);
        }
    }

    [GeneratedRegex("(?<count>[0-9]+) remote cache hit", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RemoteHits();
}
