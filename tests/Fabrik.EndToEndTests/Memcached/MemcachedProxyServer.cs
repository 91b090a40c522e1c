using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;

namespace Fabrik.EndToEndTests.Memcached;

/// <summary>A running <c>fabrik memcached-proxy</c>, started as the documentation says, ready to serve.</summary>
internal sealed class MemcachedProxyServer : IAsyncDisposable
{
    /// <summary>Health of a pool, in YAML, that finds dead servers soon, and does not mind slow ones.</summary>
    public const string QuickHealth = "health: { probe_interval: 100ms, retry_interval: 100ms, probe_timeout: 5s }";

    private readonly ChildProcess _process;
    private readonly ServerPorts _ports;

    private MemcachedProxyServer(ChildProcess process, ServerPorts ports, string configurationFile) =>
        (_process, _ports, ConfigurationFile) = (process, ports, configurationFile);

    public string ConfigurationFile { get; }

    /// <summary>The port of the listener of the name <c>main</c>.</summary>
    public int Port => _ports.Memcached;

    /// <summary>The address of metrics and of what operators ask.</summary>
    public Uri Operators => new($"http://127.0.0.1:{_ports.Metrics}/");

    public int ProcessId => _process.Id;

    public string Log => _process.Everything;

    /// <summary>A configuration whose listeners, one of them <c>main</c>, have ports that the system chooses.</summary>
    /// <param name="rest">Backends, routes and what else there is, in YAML, each line indented by two.</param>
    /// <param name="listener">More of the listener, in YAML's flow style.</param>
    /// <param name="issuer">Whose tokens operators show; null where they need none.</param>
    public static string Yaml(string rest, string listener = "", TokenIssuer? issuer = null) =>
        $$"""
        memcached_proxy:
          listeners: { main: { bind: "127.0.0.1:0"{{listener}} } }
        {{rest}}
        observability: { health_bind: "127.0.0.1:0", api_bind: "127.0.0.1:0", {{Access(issuer)}} }
        {{(issuer is null ? "" : $"auth: {{ public_key_file: \"{issuer.PublicKeyFile}\" }}")}}
        runtime: { graceful_shutdown_timeout: 20s }

        """;

    /// <summary>The rest of a configuration with one pool for everything.</summary>
    public static string Pool(IEnumerable<MemcachedServer> servers, string more = "") =>
        $$"""
          backends:
            pool:
              type: memcached_pool
              servers: [{{string.Join(", ", servers.Select(static server => $"\"{server.Address}\""))}}]
              {{more}}
          routes: { all: { backend: pool } }
        """;

    public static async Task<MemcachedProxyServer> StartAsync(Sandbox sandbox, string yaml)
    {
        var file = sandbox.Write($"memcached-proxy-{Guid.NewGuid():N}.yaml", yaml);
        var portsFile = sandbox.In($"ports-{Guid.NewGuid():N}.json");
        var (process, ports) = await ProxyStart.RunAsync(
            FabrikCommand.Line(sandbox, "memcached-proxy", "--config", file, "--ports-file", portsFile), portsFile);
        return new MemcachedProxyServer(process, ports, file);
    }

    public async Task<MetricsSnapshot> ReadMetricsAsync()
    {
        using HttpClient http = new();
        return MetricsSnapshot.Parse(
            await http.GetStringAsync(new Uri(Operators, "metrics")));
    }

    /// <summary>Waits until servers are taken for something: <c>alive</c>, <c>dead</c> or <c>returning</c>.</summary>
    public Task StateAsync(string state, int servers = 1) => Poll.UntilAsync(
        async () => (await ReadMetricsAsync()).Sum("fabrik_memcached_server_state", ("state", state)) == servers,
        () => $"not {servers} are taken for {state}:\n{Log}");

    /// <summary>Waits until servers were probed so often.</summary>
    public Task ProbedAsync(int times) => Poll.UntilAsync(
        async () => (await ReadMetricsAsync()).Sum("fabrik_memcached_server_probes_total") >= times,
        () => $"nobody probes:\n{Log}");

    /// <summary>Waits until the log has a text.</summary>
    public Task LoggedAsync(string text) => Poll.UntilAsync(
        () => Log.Contains(text, StringComparison.Ordinal), () => $"'{text}' is not in the log:\n{Log}");

    public Task<MemcachedClient> ConnectAsync() => MemcachedClient.ConnectAsync(Port);

    public void Send(Signal signal) => _process.Send(signal);

    public Task<RunResult> WaitForEndAsync() => _process.WaitAsync(Poll.Limit);

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static string Access(TokenIssuer? issuer) =>
        $"api_auth_required: {(issuer is null ? "false" : "true")}";
}
