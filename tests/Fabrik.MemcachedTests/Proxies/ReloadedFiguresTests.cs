using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.SideEffects;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.MemcachedTests.Proxies;

/// <summary>What is counted goes on through a reload as long as its name is there, and no longer.</summary>
public sealed class ReloadedFiguresTests : IDisposable
{
    private static readonly StrategyOptions Chain =
        new() { Name = "chain", Strategy = StrategyKind.Failover, Backends = ["pool", "second"] };

    private readonly AnsweringServer _server = new();
    private readonly RefusingPort _gone = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("fabrik-figures").FullName;

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _server.Dispose();
        _gone.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(StrategyKind.Failover)]
    [InlineData(StrategyKind.RoundRobin)]
    [InlineData(StrategyKind.Parallel)]
    [InlineData(StrategyKind.WarmFirst)]
    [InlineData(StrategyKind.Replicate)]
    [InlineData(StrategyKind.Shadow)]
    [InlineData(StrategyKind.LeastLatency)]
    [InlineData(StrategyKind.ZoneAware)]
    public async Task Reload_OfAStrategyThatIsAnotherNow_CountsOn(StrategyKind kind)
    {
        await using var proxy = await TestProxy.StartAsync(Options(Chain));
        var client = proxy.Connect();
        client.Ask("delete k\r\n");

        var other = Chain with { Strategy = kind, Zones = new ZoneOptions("here", ["here", "there"]) };
        await proxy.Proxy.ReloadAsync(Options(other), Ended);
        client.Ask("delete k\r\n");
        client.Send("get k\r\n");
        client.ReadUntil("END\r\n");

        Assert.Contains("STAT chain:requests 3\r\n", Stats(client, "backends"), StringComparison.Ordinal);
        Assert.Contains("STAT all:requests 3\r\n", Stats(client, "routes"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reload_OfAStrategyThatGoesAndComesAgain_BeginsAnew()
    {
        await using var proxy = await TestProxy.StartAsync(Options(Chain));
        var client = proxy.Connect();
        client.Ask("delete k\r\n");

        var without = Options(Chain) with { Backends = [Pool("pool")], Routes = [All with { Backend = "pool" }] };
        await proxy.Proxy.ReloadAsync(without, Ended);
        Assert.DoesNotContain("chain", Stats(client, "backends"), StringComparison.Ordinal);
        await proxy.Proxy.ReloadAsync(Options(Chain), Ended);
        client.Ask("delete k\r\n");

        Assert.Contains("STAT chain:requests 1\r\n", Stats(client, "backends"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reload_OfAPoolWithOtherConnections_CountsOnForItsServers()
    {
        var options = Options(Chain);
        await using var proxy = await TestProxy.StartAsync(options);
        var client = proxy.Connect();
        client.Ask("delete k\r\n");

        await proxy.Proxy.ReloadAsync(options, Ended);
        var slower = Pool("pool") with { Connections = new ConnectionOptions { ReplyTimeout = TimeSpan.FromHours(1) } };
        await proxy.Proxy.ReloadAsync(options with { Backends = [slower, Pool("second"), Chain] }, Ended);
        client.Ask("delete k\r\n");

        var stats = Stats(client, "backends");
        Assert.Contains("STAT pool/server:1:requests 2\r\n", stats, StringComparison.Ordinal);
        Assert.Contains("STAT pool/server:1:connects 2\r\n", stats, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reload_ThatFails_ChangesNoFigure()
    {
        await using var proxy = await TestProxy.StartAsync(Options(Chain));
        var client = proxy.Connect();
        client.Ask("delete k\r\n");

        var wrong = Options(Chain with { Backends = ["nobody"] });
        await Assert.ThrowsAsync<ArgumentException>(() => proxy.Proxy.ReloadAsync(wrong, Ended));
        client.Ask("delete k\r\n");

        Assert.Contains("STAT chain:requests 2\r\n", Stats(client, "backends"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stats_OfAShadow_HasItsCopies()
    {
        await using var proxy = await TestProxy.StartAsync(Options(Chain with { Strategy = StrategyKind.Shadow }));
        var client = proxy.Connect();

        client.Ask("delete k\r\n");

        Assert.Contains("STAT chain:copies 1\r\n", Stats(client, "backends"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reload_OfAnEffectThatIsConfiguredOtherwise_CountsOn()
    {
        var effect = new WriteEffectOptions { Name = "effect", Target = "second" };
        await using var proxy = await TestProxy.StartAsync(Options(Chain, effect));
        var client = proxy.Connect();
        client.Ask("set k 0 0 1\r\nx\r\n");

        await proxy.Proxy.ReloadAsync(Options(Chain, effect with { QueueLimit = 7 }), Ended);
        client.Ask("set k 0 0 1\r\nx\r\n");
        await Wait.UntilAsync(() => Effect(proxy).Sent == 2);

        await proxy.Proxy.ReloadAsync(Options(Chain), Ended);
        Assert.Empty(proxy.Proxy.Statistics.Effects());
    }

    [Fact]
    public async Task Effects_OfOneThatTwoRoutesHave_CountEachSendOnce()
    {
        var effect = new ReplicateOnHitOptions { Name = "effect", Target = "second" };
        var options = Options(Chain, effect);
        await using var proxy = await TestProxy.StartAsync(options with
        {
            Routes = [All with { Name = "first", Matcher = "a*", SideEffects = ["effect"] }, .. options.Routes],
        });
        var client = proxy.Connect();

        client.Send("get a b\r\n");
        client.ReadUntil("END\r\n");
        await Wait.UntilAsync(() => Effect(proxy).Sent == 2);
        await proxy.Proxy.ReloadAsync(options, Ended);

        Assert.Equal(2, Effect(proxy).Sent);
    }

    [Fact]
    public async Task Reload_OfNoticesThatGoElsewhere_CountsOn()
    {
        var effect = new HttpPostOptions { Name = "effect", Url = new Uri($"http://{_gone.EndPoint}/") };
        var elsewhere = effect with { Url = new Uri($"http://{_gone.EndPoint}/else") };
        await using var proxy = await TestProxy.StartAsync(Options(Chain, effect));
        var client = proxy.Connect();
        client.Ask("delete k\r\n");
        await Wait.UntilAsync(() => Effect(proxy).Failed == 1);

        await proxy.Proxy.ReloadAsync(Options(Chain, elsewhere), Ended);
        Assert.Equal(1, Effect(proxy).Failed);
        client.Ask("delete k\r\n");

        await Wait.UntilAsync(() => Effect(proxy).Failed == 2);
    }

    [Fact]
    public async Task Reload_OfASpoolWithAnotherFolder_CountsOnForItsEffect()
    {
        var effect = new WriteEffectOptions { Name = "effect", Target = "dead", SpoolFolder = Folder("one") };
        await using var proxy = await TestProxy.StartAsync(Options(Chain, effect));
        var client = proxy.Connect();
        client.Ask("delete k\r\n");
        await Wait.UntilAsync(() => Kept(proxy, "effect") == 1);

        await proxy.Proxy.ReloadAsync(Options(Chain, effect with { SpoolFolder = Folder("two") }), Ended);
        client.Ask("delete k\r\n");
        await Wait.UntilAsync(() => Kept(proxy, "effect") == 2);

        // The folder goes on under another name, which has counted nothing.
        var renamed = effect with { Name = "renamed", SpoolFolder = Folder("two") };
        await proxy.Proxy.ReloadAsync(Options(Chain, renamed), Ended);
        Assert.Equal(0, Kept(proxy, "renamed"));
    }

    private static RouteOptions All { get; } = new() { Name = "all", Backend = "chain" };

    private static string Stats(TestClient client, string topic)
    {
        client.Send($"stats {topic}\r\n");
        return client.ReadUntil("END\r\n");
    }

    private static SideEffectCounters Effect(TestProxy proxy) => proxy.Proxy.Statistics.Effects().Single().Counters;

    private static long Kept(TestProxy proxy, string effect)
    {
        var (name, counters) = proxy.Proxy.Spools().Single();
        Assert.Equal(effect, name);
        return Volatile.Read(ref counters.Kept);
    }

    private string Folder(string name) => Path.Combine(_folder, name);

    private PoolOptions Pool(string name) => new()
    {
        Name = name,
        Servers = [new ServerOptions("server", 1) { EndPoint = _server.EndPoint }],
        Connections = new ConnectionOptions { ReplyTimeout = TimeSpan.FromSeconds(20) },
    };

    private MemcachedProxyOptions Options(StrategyOptions chain, params SideEffectOptions[] effects)
    {
        var dead = new PoolOptions { Name = "dead", Servers = [new ServerOptions("127.0.0.1", _gone.EndPoint.Port)] };
        return TestProxy.Options(_server.EndPoint) with
        {
            Backends = [Pool("pool"), Pool("second"), dead, chain],
            Routes = [All with { SideEffects = [.. effects.Select(static effect => effect.Name)] }],
            SideEffects = effects,
        };
    }
}
