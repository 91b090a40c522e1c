using System.Text;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Proxy;
using Fabrik.Wire.Memcached;
using Xunit;

namespace Fabrik.MemcachedTests.Proxies;

/// <summary>What people are told of the way of a request where no proxy runs.</summary>
public sealed class RouteExplanationTests
{
    private static readonly PoolOptions Hot = new()
    {
        Name = "hot",
        Servers = [new ServerOptions("10.0.0.1")],
        Health = new HealthOptions { WhenDead = DeadServerPolicy.Gutter, Gutter = "spare" },
    };

    private static readonly MemcachedProxyOptions Options = new()
    {
        Listeners = [],
        Backends =
        [
            new StrategyOptions { Name = "tiers", Strategy = StrategyKind.WarmFirst, Backends = ["hot", "warm"] },
            Hot,
            new HttpBackendOptions { Name = "warm", Url = new Uri("http://10.0.0.3/kv?token=secret") },
            new CacheBackendOptions { Name = "spare" },
            new PoolOptions
            {
                Name = "pool",
                Servers = [new ServerOptions("10.0.1.1"), new ServerOptions("10.0.1.2")],
                Connections = new ConnectionOptions { Tls = true, TlsAuthorityFile = "/not/on/this/machine.pem" },
            },
            new PoolOptions
            {
                Name = "found",
                Discovery = new DiscoveryOptions(DiscoveryKind.Dns, "cache.test", 11211, TimeSpan.FromSeconds(30)),
            },
        ],
        Routes =
        [
            new RouteOptions
            {
                Name = "users",
                Matcher = "user:*",
                Commands = ["get", "gets"],
                Backend = "tiers",
                SideEffects = ["copy"],
            },
            new RouteOptions { Name = "sessions", Matcher = "session:*", Backend = "found" },
            new RouteOptions { Name = "rest", Matcher = "*", Commands = ["set"], Backend = "pool" },
        ],
        SideEffects = [new WriteEffectOptions { Name = "copy", Target = "pool" }],
    };

    [Fact]
    public void Of_ARouteWithAStrategy_TellsItsTree() => Assert.Equal(
        [
            "route users: user:*, get, gets",
            "  tiers: warm_first, the first one; what it lacks from the second one, and into the first one",
            "    hot: server 10.0.0.1:11211",
            "      server hot/10.0.0.1:11211",
            "      or, while it is dead:",
            "        spare: values live for at most 60 s",
            "          spare: the store of this process",
            "    warm: http://10.0.0.3/kv",
            "  and besides: copy",
        ],
        Explain(Verb.Get, "user:42")!);

    [Fact]
    public void Of_AnotherCommand_IsOfAnotherRoute() =>
        Assert.Equal("route rest: *, set", Explain(Verb.Set, "user:42")![0]);

    // Found with libmemcached's ring and MD5; the two servers share the keys.
    [Fact]
    public void Of_APool_TellsRingHashAndServer()
    {
        string[] lines = [.. Enumerable.Range(0, 100).Select(static i => Explain(Verb.Set, $"k{i}")![2])];
        Assert.All(lines, static line => Assert.Matches("^    server pool/10.0.1.[12]:11211$", line));
        Assert.Equal(2, lines.Distinct(StringComparer.Ordinal).Count());
        Assert.Matches(
            "^  pool: ring Libmemcached, Md5 of the key 0x[0-9a-f]{8}, point 0x[0-9a-f]{8}, "
                + "server 10.0.1.[12]:11211 of weight 1$",
            Explain(Verb.Set, "k")![1]);
    }

    [Fact]
    public void Of_APoolWhoseServersAreFound_TellsByWhom() => Assert.Equal(
        "  found: a server that cache.test names; none is known now", Explain(Verb.Get, "session:1")![1]);

    [Fact]
    public void Of_AKeyThatNoRouteMatches_IsNull() => Assert.Null(Explain(Verb.Get, "other"));

    [Theory]
    [InlineData("Peu", "route eu: user:*, every meta command with Peu")]
    [InlineData("Lx", "route near: *, mg, ms with Lx")]
    [InlineData("Pus", "route users: user:*, mg")]
    [InlineData("", "route users: user:*, mg")]
    public void Of_AHint_IsOfTheRouteThatNamesIt(string hint, string route)
    {
        var options = Options with
        {
            Routes =
            [
                new RouteOptions { Name = "eu", Matcher = "user:*", Hint = "Peu", Backend = "spare" },
                new RouteOptions { Name = "near", Commands = ["mg", "ms"], Hint = "Lx", Backend = "spare" },
                new RouteOptions { Name = "users", Matcher = "user:*", Commands = ["mg"], Backend = "warm" },
            ],
        };
        Assert.Equal(
            route, RouteExplanation.Of(options, Verb.MetaGet, "user:42"u8, Encoding.UTF8.GetBytes(hint))![0]);
    }

    [Theory]
    [InlineData(StrategyKind.RoundRobin)]
    [InlineData(StrategyKind.ConsistentHash)]
    [InlineData(StrategyKind.Parallel)]
    [InlineData(StrategyKind.WarmFirst)]
    [InlineData(StrategyKind.Failover)]
    [InlineData(StrategyKind.Replicate)]
    [InlineData(StrategyKind.Shadow)]
    [InlineData(StrategyKind.LeastLatency)]
    [InlineData(StrategyKind.ZoneAware)]
    public async Task Of_EachStrategy_IsWhatTheProxyThatRunsSays(StrategyKind kind)
    {
        using var server = new AnsweringServer();
        var options = TestProxy.Options(server.EndPoint);
        var chain = new StrategyOptions
        {
            Name = "chain",
            Strategy = kind,
            Backends = ["pool", "second"],
            Zones = new ZoneOptions("here", ["here", "there"]),
        };
        options = options with
        {
            Backends = [.. options.Backends, Hot with { Name = "second", Health = new HealthOptions() }, chain],
            Routes = [new RouteOptions { Name = "all", Backend = "chain" }],
        };
        await using var proxy = await TestProxy.StartAsync(options);
        var client = proxy.Connect();

        client.Send("get __fabrik__.route(get,k)\r\n");
        client.ReadLine();
        var said = client.ReadUntil("\r\nEND\r\n");

        Assert.Equal(string.Join('\n', RouteExplanation.Of(options, Verb.Get, "k"u8)!) + "\r\nEND\r\n", said);
    }

    private static IReadOnlyList<string>? Explain(Verb verb, string key) =>
        RouteExplanation.Of(Options, verb, Encoding.UTF8.GetBytes(key));
}
