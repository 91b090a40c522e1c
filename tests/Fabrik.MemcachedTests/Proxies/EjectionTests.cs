using System.Net.Sockets;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Health;
using Fabrik.MemcachedTests.Differential;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.MemcachedTests.Proxies;

/// <summary>A server dies and comes back, as clients of the proxy see it.</summary>
public sealed class EjectionTests : IDisposable
{
    private const string Set = "set k 0 0 1\r\nx\r\n";

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(200);

    private readonly string _folder = Directory.CreateTempSubdirectory("fabrik-ejection").FullName;
    private readonly TestClock _clock = new();

    private UnixDomainSocketEndPoint EndPoint => new(Path.Combine(_folder, "s"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Server_ThatIsNotThere_IsDeadAfterTheLimitAndBackAfterAProbe()
    {
        await using var proxy = await StartAsync(Options(new HealthOptions
        {
            ProbeInterval = TimeSpan.Zero,
            ProbeTimeout = TimeSpan.FromHours(1),
            RetryInterval = TimeSpan.FromSeconds(30),
        }));
        var client = proxy.Connect();

        await _clock.AdvanceUntilAsync(Step, () => Dies(proxy, client));

        var health = Assert.Single(proxy.Proxy.Health);
        Assert.Equal(1, health.Deaths);
        Assert.Equal("SERVER_ERROR backend pool/server:1 is down\r\n", client.Ask(Set));
        Assert.Equal("SERVER_ERROR backend pool/server:1 is down\r\n", client.Ask("get k\r\n"));

        // Nobody asks for it: it is the probe that finds it.
        using var server = NamedServer.Start(EndPoint, 7);
        await _clock.AdvanceUntilAsync(Step, () => health.Condition == ServerCondition.Alive);
        client.Send("get k\r\n");
        Assert.Equal("VALUE k 0 1\r\n7\r\nEND\r\n", client.ReadUntil("END\r\n"));
    }

    [Fact]
    public async Task Server_ThatIsNotThere_IsTheSameForAllLoops()
    {
        await using var proxy = await StartAsync(Options(new HealthOptions { ProbeInterval = TimeSpan.Zero }) with
        {
            Loops = 3,
        });

        Assert.Single(proxy.Proxy.Health);
    }

    [Fact]
    public async Task Reload_WithoutAServer_ForgetsIt()
    {
        var health = new HealthOptions { ProbeInterval = TimeSpan.Zero };
        using var other = new ScriptedServer();
        await using var proxy = await StartAsync(Options(health));

        await proxy.Proxy.ReloadAsync(TestProxy.Options(other.EndPoint), TestContext.Current.CancellationToken);

        Assert.Equal(other.EndPoint, Assert.Single(proxy.Proxy.Health).Server.EndPoint);
    }

    [Fact]
    public async Task Gutter_OfAPoolWhoseServerIsDead_TakesItsKeysForAShortLife()
    {
        using var gutter = new ScriptedServer();
        var options = Options(new HealthOptions
        {
            ProbeInterval = TimeSpan.Zero,
            RetryInterval = TimeSpan.FromSeconds(30),
            WhenDead = DeadServerPolicy.Gutter,
            Gutter = "gutter",
            GutterExpiry = TimeSpan.FromSeconds(9),
        });
        var spare = new PoolOptions
        {
            Name = "gutter",
            Servers = [new ServerOptions("spare", 1) { EndPoint = gutter.EndPoint }],
            Health = new HealthOptions { ProbeInterval = TimeSpan.Zero },
        };
        await using var proxy = await StartAsync(options with { Backends = [.. options.Backends, spare] });
        var client = proxy.Connect();
        await _clock.AdvanceUntilAsync(Step, () => Dies(proxy, client));

        client.Send("set k 5 0 1\r\nx\r\n");

        var connection = gutter.Accept();
        connection.Expect("set k 5 9 1\r\nx\r\n");
        connection.Send("STORED\r\n");
        Assert.Equal("STORED\r\n", client.ReadLine());
    }

    private static bool Dies(TestProxy proxy, TestClient client)
    {
        if (proxy.Proxy.Health.All(static one => one.Condition != ServerCondition.Dead))
        {
            Assert.StartsWith("SERVER_ERROR backend pool/server:1 ", client.Ask(Set), StringComparison.Ordinal);
            return false;
        }

        return true;
    }

    private MemcachedProxyOptions Options(HealthOptions health)
    {
        var options = TestProxy.Options(EndPoint);
        return options with { Backends = [((PoolOptions)options.Backends[0]) with { Health = health }] };
    }

    private Task<TestProxy> StartAsync(MemcachedProxyOptions options) =>
        TestProxy.StartAsync(options, TestProxy.Services with { Time = _clock });
}
