using System.Net.Sockets;
using System.Text;
using Fabrik.Composition;
using Xunit;

namespace Fabrik.UnitTests.Composition.Memcached;

/// <summary>The memcached proxy inside a process; no server is asked.</summary>
[Collection(nameof(ServingFixture))]
public sealed class MemcachedPartTests : IAsyncDisposable
{
    private readonly ServingFixture _serving = new();

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _serving.DisposeAsync();

    [Fact]
    public async Task Start_OfTheProxyAlone_ServesClientsWithoutAStore()
    {
        Write("a", "backend: one");
        IReadOnlyList<ListenerRole> listeners = await _serving.StartAsync(ServingMode.MemcachedProxy);
        Assert.Equal(
            ["health", "metrics", "memcached-a"], listeners.Select(role => role.Plan.Name), StringComparer.Ordinal);
        using TcpClient client = await ConnectAsync(listeners);
        Assert.StartsWith("VERSION ", await AskAsync(client, "version\r\n"), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_serving.StoreFolder));
        string metrics = await MetricsAsync(listeners);
        Assert.Contains("\nfabrik_memcached_clients 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("fabrik_memcached_commands_total{command=\"version\"} 1\n", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_AfterARequest_TellOfItsRouteAndServer()
    {
        Write("a", "backend: one");
        IReadOnlyList<ListenerRole> listeners = await _serving.StartAsync(ServingMode.MemcachedProxy);
        using TcpClient client = await ConnectAsync(listeners);
        Assert.StartsWith("SERVER_ERROR ", await AskAsync(client, "delete k\r\n"), StringComparison.Ordinal);

        string[] metrics = (await MetricsAsync(listeners)).Split('\n');
        Assert.Contains(metrics, line => Has(line, "fabrik_memcached_route_results_total", "failed", "delete") == "1");
        Assert.Contains(metrics, line => Has(line, "fabrik_memcached_route_seconds_count", "all", "delete") == "1");
        Assert.Contains(metrics, line => Has(line, "fabrik_memcached_server_requests_total", "127.0.0.1:1") == "1");
        Assert.Contains(metrics, line => Has(line, "fabrik_memcached_server_state", "one", "alive") is "0" or "1");
        Assert.Contains("fabrik_memcached_warming_jobs 0", metrics, StringComparer.Ordinal);
    }

    [Fact]
    public async Task Metrics_AfterAReload_GoOnForNamesThatStay()
    {
        Write("a", "backends: [one, two], strategy: failover");
        IReadOnlyList<ListenerRole> listeners = await _serving.StartAsync(ServingMode.MemcachedProxy);
        using TcpClient client = await ConnectAsync(listeners);
        await AskAsync(client, "delete k\r\n");

        Write("a", "backends: [one, two], strategy: round_robin");
        Assert.Empty((await _serving.ReloadAsync()).Problems);
        await AskAsync(client, "delete k\r\n");

        string[] metrics = (await MetricsAsync(listeners)).Split('\n');
        Assert.Contains(metrics, line => Has(line, "fabrik_memcached_route_requests_total", "all") == "2");
        Assert.Contains(metrics, line => Has(line, "fabrik_memcached_server_requests_total", "one") == "2");
        Assert.Contains(
            metrics, line => Has(line, "fabrik_memcached_backend_events_total", "routes.all", "requests") == "2");
    }

    [Fact]
    public async Task Start_OfAServer_ServesTheProxyBesideTheCache()
    {
        Write("a", "backend: one");
        IReadOnlyList<ListenerRole> listeners = await _serving.StartAsync(ServingMode.Server);
        Assert.Contains(listeners, role => role.Plan.Name == "http" && role.Port > 0);
        using TcpClient client = await ConnectAsync(listeners);
        Assert.StartsWith("VERSION ", await AskAsync(client, "version\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_AtAnAddressThatIsTaken_NamesIt()
    {
        using TcpListener other = new(System.Net.IPAddress.Loopback, 0);
        other.Start();
        Write("a", "backend: one", $"{other.LocalEndpoint}");
        string problem = Assert.Single(await _serving.TryStartAsync(ServingMode.MemcachedProxy));
        Assert.StartsWith("memcached_proxy.listeners.a.bind: ", problem, StringComparison.Ordinal);
        Assert.EndsWith($"found {other.LocalEndpoint}", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reload_OfRoutes_KeepsClientsAndPorts()
    {
        Write("a", "backend: one");
        IReadOnlyList<ListenerRole> listeners = await _serving.StartAsync(ServingMode.MemcachedProxy);
        using TcpClient client = await ConnectAsync(listeners);
        await AskAsync(client, "version\r\n");
        Write("a", "backend: one, matcher: \"x:*\"");
        ReloadOutcome taken = await _serving.ReloadAsync();
        Assert.Empty(taken.Problems);
        Assert.Equal(["memcached_proxy.routes.<name>.matcher"], taken.Changed);
        Assert.Empty(taken.NeedRestart);
        Assert.StartsWith("VERSION ", await AskAsync(client, "version\r\n"), StringComparison.Ordinal);
        using TcpClient second = await ConnectAsync(listeners);
        Assert.StartsWith("VERSION ", await AskAsync(second, "version\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reload_OfASocketFile_KeepsItAndWhatItAsksFor()
    {
        string path = _serving.Folder.At("s");
        Write("a", "backend: one", $"unix:{path}");
        await _serving.StartAsync(ServingMode.MemcachedProxy);
        using Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(path), Ended);
        Write("a", "backend: one, matcher: \"x:*\"", $"unix:{path}\", user: u, password: \"p");
        ReloadOutcome taken = await _serving.ReloadAsync();
        Assert.Empty(taken.Problems);
        Assert.Equal(
            ["memcached_proxy.listeners.<name>.user", "memcached_proxy.listeners.<name>.password"],
            taken.NeedRestart);
        using Socket second = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await second.ConnectAsync(new UnixDomainSocketEndPoint(path), Ended);
        await second.SendAsync("version\r\n"u8.ToArray(), Ended);
        byte[] answer = new byte[8];
        Assert.True(await second.ReceiveAsync(answer, Ended) > 0);
        Assert.StartsWith("VERSION", Encoding.ASCII.GetString(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reload_OfAListenerWithAnotherName_ListensThere()
    {
        Write("a", "backend: one");
        IReadOnlyList<ListenerRole> listeners = await _serving.StartAsync(ServingMode.MemcachedProxy);
        string path = _serving.Folder.At("t");
        Write("b", "backend: one", $"unix:{path}");
        Assert.Empty((await _serving.ReloadAsync()).Problems);
        using Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(path), Ended);
        await Assert.ThrowsAsync<SocketException>(() => ConnectAsync(listeners));
    }

    [Fact]
    public async Task Reload_WithAFirstListener_SaysThatItNeedsARestart()
    {
        await _serving.StartAsync(ServingMode.Server);
        Write("a", "backend: one");
        ReloadOutcome refused = await _serving.ReloadAsync();
        string problem = Assert.Single(refused.Problems);
        Assert.Contains("the first listener needs a restart", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reload_WithSomethingWrong_ChangesNothing()
    {
        Write("a", "backend: one");
        await _serving.StartAsync(ServingMode.MemcachedProxy);
        Write("a", "backend: onne");
        ReloadOutcome refused = await _serving.ReloadAsync();
        Assert.Contains("did you mean \"one\"?", Assert.Single(refused.Problems), StringComparison.Ordinal);
        Assert.Equal(1, refused.Generation);
    }

    [Fact]
    public async Task Drain_WithAClientThatWaitsForNothing_LetsItGo()
    {
        Write("a", "backend: one");
        IReadOnlyList<ListenerRole> listeners = await _serving.StartAsync(ServingMode.MemcachedProxy);
        using TcpClient client = await ConnectAsync(listeners);
        await AskAsync(client, "version\r\n");
        await _serving.Process.DrainAsync();
        Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1], Ended));
    }

    // Nobody listens at port 1: what is asked here is answered by the proxy itself.
    private void Write(string name, string route, string bind = "127.0.0.1:0") =>
        _serving.Folder.Write("fabrik.yaml", $$"""
            memcached_proxy:
              threads: 1
              listeners: { {{name}}: { bind: "{{bind}}" } }
              backends:
                one: { type: memcached_single, server: "127.0.0.1:1" }
                two: { type: memcached_single, server: "127.0.0.1:1" }
              routes: { all: { {{route}} } }
            """);

    private static async Task<TcpClient> ConnectAsync(IReadOnlyList<ListenerRole> listeners)
    {
        TcpClient client = new();
        await client.ConnectAsync(
            "127.0.0.1", listeners.Single(role => role.Plan.Name == "memcached-a").Port, Ended);
        return client;
    }

    private static async Task<string> AskAsync(TcpClient client, string text)
    {
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text), Ended);
        byte[] answer = new byte[4096];
        int length = 0;
        while (length == 0 || answer[length - 1] != '\n')
        {
            int read = await stream.ReadAsync(answer.AsMemory(length), Ended);
            Assert.NotEqual(0, read);
            length += read;
        }

        return Encoding.ASCII.GetString(answer, 0, length);
    }

    // The value of a series that has these among its labels; null for another one.
    private static string? Has(string line, string name, params string[] labels) =>
        line.StartsWith(name + "{", StringComparison.Ordinal)
        && labels.All(label => line.Contains($"\"{label}\"", StringComparison.Ordinal))
            ? line[(line.LastIndexOf(' ') + 1)..]
            : null;

    private static async Task<string> MetricsAsync(IReadOnlyList<ListenerRole> listeners)
    {
        using HttpClient http = new();
        ListenerRole metrics = listeners.Single(role => role.Plan.Name == "metrics");
        return await http.GetStringAsync(new Uri(metrics.LocalUrl, "/metrics"), Ended);
    }
}
