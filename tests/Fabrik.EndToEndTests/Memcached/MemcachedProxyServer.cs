using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;

namespace Fabrik.EndToEndTests.Memcached;

/// <summary>A running <c>fabrik memcached-proxy</c>, started as the documentation says, ready to serve.</summary>
internal sealed class MemcachedProxyServer : IAsyncDisposable
{
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

    public Task<MemcachedClient> ConnectAsync() => MemcachedClient.ConnectAsync(Port);

    public void Send(Signal signal) => _process.Send(signal);

    public Task<RunResult> WaitForEndAsync() => _process.WaitAsync(Poll.Limit);

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static string Access(TokenIssuer? issuer) =>
        $"api_auth_required: {(issuer is null ? "false" : "true")}";
}
