using System.Globalization;
using System.Text.RegularExpressions;
using Fabrik.EndToEndTests.Processes;

namespace Fabrik.EndToEndTests.Clients.Sccache;

/// <summary>
/// C sources that are compiled through sccache with a remote storage. Each build has an sccache server of its own,
/// behind a socket file, which starts with the first compilation and is stopped after the last.
/// </summary>
internal sealed partial class SccacheProject : ISampleProject
{
    private static readonly TimeSpan BuildLimit = TimeSpan.FromMinutes(3);

    private readonly Sandbox _sandbox = new();
    private readonly string _sccache = Tools.Newer("sccache");
    private readonly CSources _sources;
    private readonly Func<CacheAccess, (string Name, string Value)[]> _storage;

    private SccacheProject(string label, Func<CacheAccess, (string Name, string Value)[]> storage)
    {
        _sources = new CSources(_sandbox);
        MetricsLabel = label;
        _storage = storage;
    }

    public int Steps => CSources.Files;

    /// <summary>The results, and the file that sccache looks for when it starts.</summary>
    public int ReadsPerBuild => CSources.Files + 1;

    public string MetricsLabel { get; }

    public Gate Gate => _sources.Gate;

    /// <summary>With the storage that it calls webdav.</summary>
    public static SccacheProject OverWebdav() => new("webdav", static cache =>
    [
        ("SCCACHE_WEBDAV_ENDPOINT", new Uri(cache.Address, "/webdav/").ToString()),
        ("SCCACHE_WEBDAV_TOKEN", cache.Token),
    ]);

    /// <summary>With the storage that it calls s3; the token is the access key.</summary>
    public static SccacheProject OverS3() => new("s3", static cache =>
    [
        ("SCCACHE_BUCKET", "fabrik"),
        ("SCCACHE_ENDPOINT", cache.S3Address.ToString()),
        ("SCCACHE_REGION", "us-east-1"),
        ("SCCACHE_S3_USE_SSL", "false"),
        ("SCCACHE_S3_KEY_PREFIX", "a project"),
        ("AWS_ACCESS_KEY_ID", cache.Token),
        ("AWS_SECRET_ACCESS_KEY", "token"),
    ]);

    /// <summary>With the storage that it calls memcached.</summary>
    public static SccacheProject OverMemcached(int port) => new("memcached", _ =>
        [("SCCACHE_MEMCACHED_ENDPOINT", string.Create(CultureInfo.InvariantCulture, $"tcp://127.0.0.1:{port}"))]);

    public async Task<BuildResult> BuildAsync(CacheAccess cache)
    {
        var environment = _sandbox.EnvironmentWith(
        [
            .. _storage(cache),
            ("SCCACHE_SERVER_UDS", _sandbox.In("sccache.sock")),
            ("SCCACHE_IDLE_TIMEOUT", "60"),
        ]);
        var run = await RunAsync("/bin/sh", _sources.Script, _sccache);
        var statistics = await RunAsync(_sccache, "--show-stats");
        await RunAsync(_sccache, "--stop-server");
        var counted = Hits().Match(statistics.Output).Groups["count"].Value;
        var everything = run with { Output = run.Output + statistics.Everything };
        return new BuildResult(everything, int.Parse(counted, CultureInfo.InvariantCulture));

        Task<RunResult> RunAsync(string program, params string[] arguments) => ChildProcess.RunAsync(
            new CommandLine(program, arguments) { Directory = _sources.Folder, Environment = environment }, BuildLimit);
    }

    /// <summary>Only the outputs: with these sccache keeps nothing on this machine.</summary>
    public void Clean() => _sources.Clean();

    public void ChangeSources() => _sources.Change();

    public void VerifyOutputs() => _sources.Verify();

    public void Dispose() => _sandbox.Dispose();

    [GeneratedRegex(@"^Cache hits +(?<count>[0-9]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Hits();
}
