using System.Globalization;
using System.Text.RegularExpressions;
using Fabrik.EndToEndTests.Clients.Bazel;
using Fabrik.EndToEndTests.Processes;
using Xunit;

namespace Fabrik.EndToEndTests.Clients.Moon;

/// <summary>
/// A workspace of two projects, the second of which is built after the first. Each leaves a file and says a word, which
/// moon keeps as well.
/// </summary>
internal sealed partial class MoonProject : ISampleProject
{
    private static readonly TimeSpan BuildLimit = TimeSpan.FromMinutes(3);

    // Where the cache is comes by variable: what stands here is an input of every task.
    private const string Workspace =
        """
        projects: ['lib', 'app']
        vcs: { defaultBranch: 'main' }
        telemetry: false
        remote: { auth: { token: 'SAMPLE_TOKEN' } }
        """;

    private const string Task =
        """
        tasks:
          build:
            command: 'sh build.sh'
            inputs: ['src.txt']
            outputs: ['dist/out.txt']
            deps: ['^:build']
        """;

    private readonly Sandbox _sandbox = new();
    private readonly string _moon = Tools.FromNpm("moon");
    private readonly string _git = Tools.OnPath("git", "eng/install-clients");
    private readonly BazelDoor _door;
    private bool _isRepository;
    private int _version;

    public MoonProject(BazelDoor door)
    {
        _door = door;
        _sandbox.Write("project/.moon/workspace.yml", Workspace);
        _sandbox.Write("project/.gitignore", ".moon/cache\n");
        var gate = _sandbox.In("gate");
        Gate = new Gate(gate);
        WriteProject("lib", "true", "");
        WriteProject("app", Gate.ShellStep(gate), "dependsOn: ['lib']\n");
        ChangeSources();
    }

    public int Steps => 2;

    // An answer and a file for each task. What it said is inside the answers of gRPC, and beside those of HTTP.
    public int ReadsPerBuild => _door == BazelDoor.Grpc ? 4 : 6;

    // What is inside an answer has been read for it.
    public int ReadsOfNextLayer => 6;

    public string MetricsLabel => "bazel";

    public Gate Gate { get; }

    /// <summary>How the cache's host is called.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Whether moon has a terminal: without one it takes no cache that is called localhost.</summary>
    public bool IsOnTerminal { get; init; }

    /// <summary>What moon is told besides.</summary>
    public IReadOnlyList<(string Name, string Value)> Variables { get; init; } = [];

    public async Task<BuildResult> BuildAsync(CacheAccess cache)
    {
        await BecomeRepositoryAsync();
        string[] words = [_moon, "run", ":build"];
        var port = _door == BazelDoor.Grpc ? cache.GrpcPort : cache.Address.Port;
        var scheme = _door == BazelDoor.Grpc ? "grpc" : "http";
        var command = IsOnTerminal
            ? Line(
                Tools.OnPath("script", "apt-get install bsdutils"),
                ["--quiet", "--return", "--command", string.Join(' ', words), "/dev/null"])
            : Line(words[0], words[1..]);
        var run = await ChildProcess.RunAsync(
            command with
            {
                Environment = _sandbox.EnvironmentWith(
                [
                    ("NO_COLOR", "1"),
                    ("MOON_REMOTE_API", scheme),
                    ("MOON_REMOTE_HOST", $"{scheme}://{Host}:{port}"),
                    ("SAMPLE_TOKEN", cache.Token),
                    .. Variables,
                ]),
            },
            BuildLimit);
        return new BuildResult(run, RemoteHit().Count(run.Output));
    }

    public void Clean()
    {
        string[] folders = ["project/.moon/cache", "project/lib/dist", "project/app/dist"];
        foreach (var folder in folders.Select(_sandbox.In).Where(Directory.Exists))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public void ChangeSources()
    {
        _version++;
        _sandbox.Write("project/lib/src.txt", Source("lib"));
        _sandbox.Write("project/app/src.txt", Source("app"));
    }

    public void VerifyOutputs()
    {
        Assert.Equal(Source("lib"), File.ReadAllText(_sandbox.In("project/lib/dist/out.txt")));
        Assert.Equal(Source("app"), File.ReadAllText(_sandbox.In("project/app/dist/out.txt")));
    }

    public void Dispose() => _sandbox.Dispose();

    // moon runs nothing in a folder without a commit.
    private async Task BecomeRepositoryAsync()
    {
        if (_isRepository)
        {
            return;
        }

        await RunGitAsync("init", "--quiet", "--initial-branch=main");
        await RunGitAsync(
            "-c", "user.name=sample", "-c", "user.email=sample@example.com", "commit", "--quiet", "--allow-empty",
            "--message=first");
        _isRepository = true;
    }

    private async Task RunGitAsync(params string[] arguments)
    {
        var run = await ChildProcess.RunAsync(Line(_git, arguments), BuildLimit);
        Assert.True(run.ExitCode == 0, run.Everything);
    }

    private CommandLine Line(string program, string[] arguments) => new(program, arguments)
    {
        Directory = _sandbox.In("project"),
        Environment = _sandbox.Environment,
    };

    private string Source(string project) => string.Create(CultureInfo.InvariantCulture, $"{project} {_version}");

    private void WriteProject(string name, string gateStep, string dependency)
    {
        _sandbox.Write($"project/{name}/moon.yml", dependency + Task);
        _sandbox.Write(
            $"project/{name}/build.sh",
            $"set -e\n{gateStep}\nmkdir -p dist\ncp src.txt dist/out.txt\necho \"made $(cat src.txt)\"\n");
    }

    [GeneratedRegex(@"\(cached from remote, ", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RemoteHit();
}
