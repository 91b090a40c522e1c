using System.Globalization;
using Fabrik.EndToEndTests.Clients;
using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;

namespace Fabrik.EndToEndTests.Proxies.Conformance;

/// <summary>
/// The public suite for HTTP caches (cache-tests.fyi) in the edition that npm has: its server is the origin, its client
/// asks by way of the cache.
/// </summary>
internal sealed class CacheSuite : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly Sandbox _sandbox;
    private readonly ChildProcess _server;

    private CacheSuite(Sandbox sandbox, ChildProcess server, int port) =>
        (_sandbox, _server, Port) = (sandbox, server, port);

    /// <summary>Where its server listens.</summary>
    public int Port { get; }

    private static string Folder
    {
        get
        {
            var path = Path.Combine(Repository.Clients, "cache-tests", "node_modules", "http-cache-tests");
            return Directory.Exists(path)
                ? path
                : Tools.Missing("the suite for HTTP caches", "eng/install-cache-tests");
        }
    }

    public static async Task<CacheSuite> StartAsync(Sandbox sandbox)
    {
        var port = LoopbackPort.FindFree();
        var server = ChildProcess.Start(Node(
            sandbox,
            ["--no-warnings", Path.Combine(Folder, "server", "server.mjs")],
            ("npm_config_protocol", "http"),
            ("npm_config_port", port.ToString(CultureInfo.InvariantCulture)),
            ("npm_config_pidfile", sandbox.In("suite.pid"))));
        await LoopbackPort.AnswersAsync(port, server);
        return new CacheSuite(sandbox, server, port);
    }

    /// <summary>Asks everything.</summary>
    /// <param name="cache">The cache before this server.</param>
    /// <returns>What it did not pass of what it must (required) and should do (optimal): kind and test.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(Uri cache)
    {
        var asked = await RunNodeAsync(
            [Path.Combine(Folder, "cli.mjs")],
            ("npm_config_base", cache.GetLeftPart(UriPartial.Authority)),
            ("npm_package_config_id", ""));
        var judge = Path.Combine(Repository.Root, "eng", "cache-tests", "judge.mjs");
        var judged = await RunNodeAsync([judge, Folder, _sandbox.Write("results.json", asked)]);
        return [.. judged.Split('\n')
            .Where(static line => line.StartsWith("failed ", StringComparison.Ordinal))
            .Select(static line => string.Join(' ', line.Split(' ')[1..3]))];
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static CommandLine Node(Sandbox sandbox, string[] arguments, params (string Name, string Value)[] more) =>
        new(Tools.OnPath("node", "eng/install-cache-tests"), arguments)
        {
            Directory = sandbox.Root,
            Environment = sandbox.EnvironmentWith(more),
        };

    private async Task<string> RunNodeAsync(string[] arguments, params (string Name, string Value)[] more)
    {
        var result = await ChildProcess.RunAsync(Node(_sandbox, ["--no-warnings", .. arguments], more), Limit);
        return result.ExitCode == 0 ? result.Output : throw new InvalidOperationException(result.Everything);
    }
}
