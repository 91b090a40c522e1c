using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Fabrik.EndToEndTests.Processes;
using Xunit;

namespace Fabrik.EndToEndTests.Clients.Bazel;

/// <summary>
/// A workspace of a C library, a C program, a rule that runs it and another one: six cacheable actions, none of which
/// needs anything from the network. Bazel's own server runs for as long as the project is there.
/// </summary>
internal sealed partial class BazelProject : ISampleProject
{
    // A cold JVM that loads the rules, on a machine that is busy with other tests.
    private static readonly TimeSpan BuildLimit = TimeSpan.FromMinutes(5);

    private readonly Sandbox _sandbox = new();
    private readonly BazelDoor _door;
    private readonly string[] _options;
    private int _version;
    private int _base;

    public BazelProject(BazelDoor door, params string[] options)
    {
        Program = Tools.Bazel();
        (_door, _options) = (door, options);
        Gate = new Gate(_sandbox.In("project/gate"));
        _sandbox.Write("project/WORKSPACE", "");
        _sandbox.Write("project/BUILD", Rules(_sandbox.In("project/gate")));
        _sandbox.Write("project/lib.h", "int version(void);\n");
        _sandbox.WriteProgram("project/check.sh", "#!/bin/sh\ngrep -q WORDS shout.txt\n");
        ChangeSources();
    }

    /// <summary>Bazel itself.</summary>
    public string Program { get; }

    public string Folder => _sandbox.In("project");

    public int Steps => 6;

    // An answer for each action, and the file of each target. What each of the two compilations found to depend on is
    // inside the answers of gRPC, and beside those of HTTP.
    public int ReadsPerBuild => Steps + Targets.Length + (_door == BazelDoor.Grpc ? 0 : 2);

    public string MetricsLabel => "bazel";

    public Gate Gate { get; }

    /// <summary>What is built: what is not named may stay in the cache.</summary>
    public static string[] Targets => [":shout", ":last"];

    /// <summary>What every command line of this project begins with.</summary>
    public IReadOnlyList<string> StartupOptions =>
    [
        $"--output_base={Base}", "--max_idle_secs=300", "--host_jvm_args=-XX:TieredStopAtLevel=1",
        "--host_jvm_args=-Xmx512m",
    ];

    public static string[] PlainOutput => ["--color=no", "--curses=no", "--noshow_progress"];

    private string Base => _sandbox.In($"base-{_base}");

    public Task<BuildResult> BuildAsync(CacheAccess cache) => RunAsync(
        "build",
        [
            _door == BazelDoor.Grpc
                ? $"--remote_cache=grpc://127.0.0.1:{cache.GrpcPort}"
                : $"--remote_cache={cache.Address.ToString().TrimEnd('/')}",
            $"--remote_header=authorization=Bearer {cache.Token}",
            .. _options,
            .. Targets,
        ]);

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

    /// <summary>What a run of Bazel says of itself.</summary>
    public static BuildResult ResultOf(RunResult run)
    {
        var hits = RemoteHits().Match(run.Everything);
        return new BuildResult(
            run, hits.Success ? int.Parse(hits.Groups["count"].Value, CultureInfo.InvariantCulture) : 0);
    }

    /// <summary>Another output base, as on another machine; the server of the one before ends.</summary>
    public void Clean()
    {
        EndServer();
        _base++;
    }

    public void ChangeSources()
    {
        _version++;
        var text = _version.ToString(CultureInfo.InvariantCulture);
        _sandbox.Write("project/words.txt", $"words {text}");
        _sandbox.Write("project/lib.c", $"#include \"lib.h\"\nint version(void) {{ return {text}; }}\n");
        _sandbox.Write(
            "project/main.c",
            "#include <stdio.h>\n#include \"lib.h\"\n"
            + $"int main(void) {{ printf(\"%d\", version()); return version() - {text}; }}\n");
    }

    public void VerifyOutputs()
    {
        Assert.Equal($"WORDS {_version}", Output("shout.txt"));
        Assert.Equal($"{_version} WORDS {_version}", Output("last.txt"));
    }

    /// <summary>Whether a file is on this machine, or only known by its digest.</summary>
    public bool HasOutput(string name) => File.Exists(OutputPath(name));

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

    private static string Rules(string gate) =>
        $$"""
        genrule(name = "shout", srcs = ["words.txt"], outs = ["shout.txt"], cmd = "tr a-z A-Z < $< > $@")
        cc_library(name = "lib", srcs = ["lib.c"], hdrs = ["lib.h"], linkstatic = True)
        cc_binary(name = "program", srcs = ["main.c"], deps = [":lib"])
        sh_test(name = "check", size = "small", srcs = ["check.sh"], data = [":shout"])
        genrule(
            name = "last",
            srcs = [":program", ":shout"],
            outs = ["last.txt"],
            cmd = '''{{Gate.ShellStep(gate).Replace("$", "$$", StringComparison.Ordinal)}}
                { $(location :program); printf ' '; cat $(location :shout); } > $@''',
        )
        """;

    private string OutputPath(string name) => _sandbox.In($"project/bazel-bin/{name}");

    private string Output(string name) => File.ReadAllText(OutputPath(name));

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
