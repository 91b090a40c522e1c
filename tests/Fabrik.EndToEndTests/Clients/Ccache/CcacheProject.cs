using System.Globalization;
using System.Text.RegularExpressions;
using Fabrik.EndToEndTests.Processes;

namespace Fabrik.EndToEndTests.Clients.Ccache;

/// <summary>C sources that are compiled through ccache with an HTTP storage.</summary>
internal sealed partial class CcacheProject : ISampleProject
{
    private static readonly TimeSpan BuildLimit = TimeSpan.FromMinutes(3);

    private readonly Sandbox _sandbox = new();
    private readonly CSources _sources;
    private readonly string _ccache;
    private readonly CcacheLayout _layout;

    public CcacheProject(string ccache, CcacheLayout layout)
    {
        _ccache = ccache;
        _layout = layout;
        _sources = new CSources(_sandbox);
    }

    public int Steps => CSources.Files;

    /// <summary>For each file the manifest, which tells the result's key, and the result.</summary>
    public int ReadsPerBuild => 2 * CSources.Files;

    public string MetricsLabel => "ccache";

    public Gate Gate => _sources.Gate;

    public async Task<BuildResult> BuildAsync(CacheAccess cache)
    {
        var environment = _sandbox.EnvironmentWith(
            ("CCACHE_DIR", _sandbox.In("ccache")),
            ("CCACHE_REMOTE_STORAGE", Storage(cache)));
        var run = await RunAsync("/bin/sh", _sources.Script, _ccache);
        var statistics = await RunAsync(_ccache, "--print-stats");
        var counted = RemoteHits().Match(statistics.Output).Groups["count"].Value;
        var everything = run with { Output = run.Output + statistics.Output };
        return new BuildResult(everything, int.Parse(counted, CultureInfo.InvariantCulture));

        Task<RunResult> RunAsync(string program, params string[] arguments) => ChildProcess.RunAsync(
            new CommandLine(program, arguments) { Directory = _sources.Folder, Environment = environment }, BuildLimit);
    }

    public void Clean()
    {
        _sources.Clean();
        if (Directory.Exists(_sandbox.In("ccache")))
        {
            Directory.Delete(_sandbox.In("ccache"), recursive: true);
        }
    }

    public void ChangeSources() => _sources.Change();

    public void VerifyOutputs() => _sources.Verify();

    public void Dispose() => _sandbox.Dispose();

    private string Storage(CacheAccess cache)
    {
        var address = cache.Address.GetComponents(UriComponents.HostAndPort, UriFormat.UriEscaped);
        var layout = _layout.ToString().ToLowerInvariant();
        return $"http://{address}/ccache|layout={layout}|bearer-token={cache.Token}";
    }

    [GeneratedRegex(
        @"^remote_storage_hit\t(?<count>[0-9]+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RemoteHits();
}
