using System.Net;
using Fabrik.Memcached;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Loop;
using Fabrik.Memcached.Proxy;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fabrik.MemcachedTests.Proxies;

/// <summary>A proxy in this process, with its clients.</summary>
internal sealed class TestProxy : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly MemcachedProxy _proxy;
    private readonly List<TestClient> _clients = [];

    private TestProxy(MemcachedProxy proxy) => _proxy = proxy;

    public MemcachedProxy Proxy => _proxy;

    /// <summary>Those of a process without anything else.</summary>
    public static MemcachedProxyServices Services { get; } = new() { Logs = NullLoggerFactory.Instance };

    public EndPoint EndPoint => _proxy.Listeners[0];

    /// <summary>One loop, one server, unless it is said otherwise.</summary>
    public static MemcachedProxyOptions Options(EndPoint server, ConnectionOptions? connections = null) => new()
    {
        Listeners = [new ListenerOptions { Name = "main", EndPoint = new IPEndPoint(IPAddress.Loopback, 0) }],
        Backends =
        [
            new PoolOptions
            {
                Name = "pool",
                Servers = [new ServerOptions("server", 1) { EndPoint = server }],
                Connections = connections
                    ?? new ConnectionOptions { ConnectTimeout = Patience, ReplyTimeout = Patience },
            },
        ],
        Routes = [new RouteOptions { Name = "all", Backend = "pool" }],
        Loops = 1,
    };

    public static Task<TestProxy> StartAsync(EndPoint server) => StartAsync(Options(server));

    /// <summary>Nobody watches its servers, so that a test has all their connections in its hands.</summary>
    public static Task<TestProxy> StartAsync(MemcachedProxyOptions options, Func<IPoller>? poller = null) =>
        StartAsync(options, Services with
        {
            Poller = poller ?? EventLoop.CreatePoller,
            Watch = static (_, _, _) => AlwaysUsable.Instance,
        });

    public static async Task<TestProxy> StartAsync(MemcachedProxyOptions options, MemcachedProxyServices services) =>
        new(await MemcachedProxy.StartAsync(options, services, TestContext.Current.CancellationToken));

    public TestClient Connect()
    {
        var client = new TestClient(EndPoint);
        _clients.Add(client);
        return client;
    }

    public ValueTask DisposeAsync()
    {
        _clients.ForEach(c => c.Dispose());
        return _proxy.DisposeAsync();
    }
}
