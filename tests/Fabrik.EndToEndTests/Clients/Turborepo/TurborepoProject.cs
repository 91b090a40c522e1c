using System.Globalization;
using System.Text.RegularExpressions;
using Fabrik.EndToEndTests.Processes;
using Xunit;

namespace Fabrik.EndToEndTests.Clients.Turborepo;

/// <summary>A workspace of two packages, the second of which depends on the first.</summary>
internal sealed partial class TurborepoProject : ISampleProject
{
    private static readonly TimeSpan BuildLimit = TimeSpan.FromMinutes(3);

    private const string Workspace =
        """
        {
          "name": "sample",
          "private": true,
          "version": "0.0.0",
          "packageManager": "npm@10.0.0",
          "workspaces": ["packages/*"]
        }
        """;

    private const string Pipeline =
        """
        { "tasks": { "build": { "inputs": ["src.txt"], "outputs": ["dist/**"], "dependsOn": ["^build"] } } }
        """;

    private readonly Sandbox _sandbox = new();
    private readonly string _turbo = Tools.FromNpm("turbo");
    private int _version;

    public TurborepoProject()
    {
        _sandbox.Write("project/package.json", Workspace);
        _sandbox.Write("project/turbo.json", Pipeline);
        var gate = _sandbox.In("gate");
        Gate = new Gate(gate);
        WritePackage("lib", "true", "");
        WritePackage("app", Gate.ShellStep(gate), """ "@sample/lib": "0.0.0" """);
        ChangeSources();
    }

    public int Steps => 2;

    public int ReadsPerBuild => 2;

    public string MetricsLabel => "turborepo";

    public Gate Gate { get; }

    public async Task<BuildResult> BuildAsync(CacheAccess cache)
    {
        var command = new CommandLine(_turbo, "run", "build", "--ui=stream")
        {
            Directory = _sandbox.In("project"),
            Environment = _sandbox.EnvironmentWith(
                ("NO_COLOR", "1"),
                ("DO_NOT_TRACK", "1"),
                ("TURBO_TELEMETRY_DISABLED", "1"),
                ("TURBO_CACHE_DIR", _sandbox.In("turbo-cache")),
                ("TURBO_API", cache.Address.GetLeftPart(UriPartial.Authority)),
                ("TURBO_TEAM", "team_sample"),
                ("TURBO_TOKEN", cache.Token)),
        };
        var run = await ChildProcess.RunAsync(command, BuildLimit);
        return new BuildResult(run, Hit().Count(run.Output));
    }

    public void Clean()
    {
        string[] folders =
        [
            "turbo-cache", "project/.turbo",
            "project/packages/lib/dist", "project/packages/lib/.turbo",
            "project/packages/app/dist", "project/packages/app/.turbo",
        ];
        foreach (var folder in folders.Select(_sandbox.In).Where(Directory.Exists))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public void ChangeSources()
    {
        _version++;
        _sandbox.Write("project/packages/lib/src.txt", Source("lib"));
        _sandbox.Write("project/packages/app/src.txt", Source("app"));
    }

    public void VerifyOutputs()
    {
        Assert.Equal(Source("lib"), File.ReadAllText(_sandbox.In("project/packages/lib/dist/out.txt")));
        Assert.Equal(Source("app"), File.ReadAllText(_sandbox.In("project/packages/app/dist/out.txt")));
    }

    public void Dispose() => _sandbox.Dispose();

    private string Source(string project) => string.Create(CultureInfo.InvariantCulture, $"{project} {_version}");

    private void WritePackage(string name, string gateStep, string dependency)
    {
        _sandbox.Write(
            $"project/packages/{name}/package.json",
            $$"""
            {
              "name": "@sample/{{name}}",
              "version": "0.0.0",
              "scripts": { "build": "sh build.sh" },
              "dependencies": { {{dependency}} }
            }
            """);
        _sandbox.Write(
            $"project/packages/{name}/build.sh", $"set -e\n{gateStep}\nmkdir -p dist\ncp src.txt dist/out.txt\n");
    }

    [GeneratedRegex("cache hit, replaying logs", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Hit();
}
