using System.Globalization;
using System.Text.RegularExpressions;
using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Clients.Nx;

/// <summary>A workspace of two projects, the second of which is built after the first.</summary>
internal sealed partial class NxProject : ISampleProject
{
    private static readonly TimeSpan BuildLimit = TimeSpan.FromMinutes(3);

    private const string Workspace =
        """
        {
          "targetDefaults": {
            "build": {
              "cache": true,
              "dependsOn": ["^build"],
              "inputs": ["{projectRoot}/src.txt"],
              "outputs": ["{projectRoot}/dist"]
            }
          },
          "neverConnectToCloud": true,
          "analytics": false
        }
        """;

    private readonly Sandbox _sandbox = new();
    private readonly string _nx = Tools.FromNpm("nx");
    private int _version;

    public NxProject()
    {
        _sandbox.Write("project/nx.json", Workspace);
        _sandbox.Write("project/package.json", """{ "name": "sample", "private": true, "version": "0.0.0" }""");
        var modules = Path.Combine(Repository.Clients, "npm", "node_modules");
        Directory.CreateSymbolicLink(_sandbox.In("project/node_modules"), modules);
        var gate = _sandbox.In("gate");
        Gate = new Gate(gate);
        WriteProject("lib", "true", "");
        WriteProject("app", Gate.ShellStep(gate), "\"lib\"");
        ChangeSources();
    }

    public int Steps => 2;

    public int ReadsPerBuild => 2;

    public string MetricsLabel => "nx";

    public Gate Gate { get; }

    /// <summary>Whether Nx is told to leave its remote cache alone.</summary>
    public bool SkipsRemoteCache { get; init; }

    public async Task<BuildResult> BuildAsync(CacheAccess cache)
    {
        var command = new CommandLine(_nx, "run-many", "--target=build", "--outputStyle=static")
        {
            Directory = _sandbox.In("project"),
            Environment = _sandbox.EnvironmentWith(
                ("CI", "true"),
                ("NO_COLOR", "1"),
                ("NX_TUI", "false"),
                ("NX_DAEMON", "false"),
                ("NX_NO_CLOUD", "true"),
                ("NX_CACHE_DIRECTORY", _sandbox.In("nx-cache")),
                ("NX_WORKSPACE_DATA_DIRECTORY", _sandbox.In("nx-data")),
                ("NX_SKIP_REMOTE_CACHE", SkipsRemoteCache ? "true" : "false"),
                ("NX_SELF_HOSTED_REMOTE_CACHE_SERVER", cache.Address.GetLeftPart(UriPartial.Authority)),
                ("NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN", cache.Token)),
        };
        var run = await ChildProcess.RunAsync(command, BuildLimit);
        return new BuildResult(run, RemoteHit().Count(run.Output));
    }

    public void Clean()
    {
        string[] folders = ["nx-cache", "nx-data", "project/.nx", "project/lib/dist", "project/app/dist"];
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

    private string Source(string project) => string.Create(CultureInfo.InvariantCulture, $"{project} {_version}");

    private void WriteProject(string name, string gateStep, string dependency)
    {
        _sandbox.Write(
            $"project/{name}/project.json",
            $$"""
            {
              "name": "{{name}}",
              "implicitDependencies": [{{dependency}}],
              "targets": { "build": { "command": "sh build.sh", "options": { "cwd": "{{name}}" } } }
            }
            """);
        _sandbox.Write(
            $"project/{name}/build.sh", $"set -e\n{gateStep}\nmkdir -p dist\ncp src.txt dist/out.txt\n");
    }

    [GeneratedRegex(@"\[remote cache\]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RemoteHit();
}
