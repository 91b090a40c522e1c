using System.Net;
using Fabrik.Memcached.Configuration;
using Fabrik.MemcachedTests.Differential;
using Fabrik.MemcachedTests.Discovery;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.MemcachedTests.Proxies;

/// <summary>Pools whose servers are found, as clients of the proxy see it.</summary>
public sealed class FoundServersTests
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    private readonly TestClock _clock = new();
    private readonly ScriptedResolver _dns = new();

    [Fact]
    public async Task Pool_WhoseServersChange_SendsElsewhereAndKeepsItsClients()
    {
        using var first = NamedServer.Start(new IPEndPoint(IPAddress.Loopback, 0), 1);
        var port = ((IPEndPoint)first.EndPoint).Port;
        using var second = NamedServer.Start(new IPEndPoint(IPAddress.Parse("127.0.0.2"), port), 2);
        await using var proxy = await StartAsync(port, loops: 2);
        TestClient[] clients = [proxy.Connect(), proxy.Connect(), proxy.Connect()];
        Assert.All(clients, static client => Assert.Equal(
            "SERVER_ERROR backend pool has no servers\r\n", client.Ask("set k 0 0 1\r\nx\r\n")));

        _dns.Set("cache", "127.0.0.1");
        await _clock.AdvanceUntilAsync(Step, () => clients.All(static client => Get(client) == "1"));

        _dns.Set("cache", "127.0.0.2");
        await _clock.AdvanceUntilAsync(Step, () => clients.All(static client => Get(client) == "2"));
        Assert.Equal("127.0.0.2", Assert.Single(proxy.Proxy.Health).Server.Host);
        Assert.All(proxy.Proxy.Loops, static loop => Assert.Single(loop.Servers));
    }

    [Fact]
    public async Task Reload_OfAPoolWhoseServersAreKnown_DoesNotAskAgain()
    {
        using var server = NamedServer.Start(new IPEndPoint(IPAddress.Loopback, 0), 1);
        var port = ((IPEndPoint)server.EndPoint).Port;
        _dns.Set("cache", "127.0.0.1");
        await using var proxy = await StartAsync(port, loops: 1);
        var client = proxy.Connect();
        Assert.Equal("1", Get(client));
        var asked = _dns.Asked;

        await proxy.Proxy.ReloadAsync(Options(port, loops: 1), TestContext.Current.CancellationToken);

        Assert.Equal("1", Get(client));
        Assert.Equal(asked, _dns.Asked);
    }

    [Fact]
    public async Task Reload_ThatIsRefused_GoesOnToFollowTheServers()
    {
        using var first = NamedServer.Start(new IPEndPoint(IPAddress.Loopback, 0), 1);
        var port = ((IPEndPoint)first.EndPoint).Port;
        using var second = NamedServer.Start(new IPEndPoint(IPAddress.Parse("127.0.0.2"), port), 2);
        _dns.Set("cache", "127.0.0.1");
        await using var proxy = await StartAsync(port, loops: 1);
        var client = proxy.Connect();
        var wrong = TestProxy.Options(first.EndPoint) with
        {
            Routes = [new RouteOptions { Name = "all", Backend = "pool", SideEffects = ["none"] }],
        };

        await Assert.ThrowsAsync<ArgumentException>(() =>
            proxy.Proxy.ReloadAsync(wrong, TestContext.Current.CancellationToken));
        Assert.Equal("1", Get(client));

        _dns.Set("cache", "127.0.0.2");
        await _clock.AdvanceUntilAsync(Step, () => Get(client) == "2");
    }

    private static string Get(TestClient client)
    {
        client.Send("get k\r\n");
        return client.ReadLine().StartsWith("VALUE", StringComparison.Ordinal)
            ? client.ReadUntil("END\r\n").Split("\r\n")[0]
            : "";
    }

    private static MemcachedProxyOptions Options(int port, int loops)
    {
        var options = TestProxy.Options(new IPEndPoint(IPAddress.Loopback, port));
        return options with
        {
            Backends =
            [
                ((PoolOptions)options.Backends[0]) with
                {
                    Servers = [],
                    Discovery = new DiscoveryOptions(DiscoveryKind.Dns, "cache", port, TimeSpan.FromSeconds(5)),
                    Health = new HealthOptions { ProbeInterval = TimeSpan.Zero },
                },
            ],
            Loops = loops,
        };
    }

    private Task<TestProxy> StartAsync(int port, int loops) => TestProxy.StartAsync(
        Options(port, loops), TestProxy.Services with { Time = _clock, Resolver = _dns });
}
