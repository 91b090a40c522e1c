using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Fabrik.Composition.Memcached;
using Fabrik.Memcached.Configuration;
using Fabrik.Settings;
using Fabrik.Settings.Schema;
using Fabrik.UnitTests.Tidy;
using Xunit;

namespace Fabrik.UnitTests.Settings;

/// <summary>What a configuration says of the memcached proxy, and what it must not say.</summary>
public sealed partial class MemcachedProxySettingsTests : IDisposable
{
    private const string Yaml = """
        memcached_proxy:
          listeners: { main: { bind: "127.0.0.1:11211" } }
          backends:
            hot:  { type: memcached_pool, servers: ["10.0.0.1:11211", "10.0.0.2:11211"] }
            warm: { type: memcached_single, server: "10.0.1.1:11211" }
          routes:
            users: { matcher: "user:*", strategy: warm_first, primary: hot, fallback: warm, side_effects: [copy] }
            rest:  { matcher: "*", strategy: consistent_hash, backend: hot }
          side_effects: { copy: { type: memcached_write, target: warm } }
        """;

    private const string Toml = """
        [memcached_proxy.listeners.main]
        bind = "127.0.0.1:11211"
        [memcached_proxy.backends]
        hot = { type = "memcached_pool", servers = ["10.0.0.1:11211", "10.0.0.2:11211"] }
        warm = { type = "memcached_single", server = "10.0.1.1:11211" }
        [memcached_proxy.routes.users]
        matcher = "user:*"
        strategy = "warm_first"
        primary = "hot"
        fallback = "warm"
        side_effects = ["copy"]
        [memcached_proxy.routes.rest]
        matcher = "*"
        strategy = "consistent_hash"
        backend = "hot"
        [memcached_proxy.side_effects.copy]
        type = "memcached_write"
        target = "warm"
        """;

    private const string Json = """
        {"memcached_proxy": {
          "listeners": {"main": {"bind": "127.0.0.1:11211"}},
          "backends": {
            "hot": {"type": "memcached_pool", "servers": ["10.0.0.1:11211", "10.0.0.2:11211"]},
            "warm": {"type": "memcached_single", "server": "10.0.1.1:11211"}},
          "routes": {
            "users": {"matcher": "user:*", "strategy": "warm_first", "primary": "hot", "fallback": "warm",
              "side_effects": ["copy"]},
            "rest": {"matcher": "*", "strategy": "consistent_hash", "backend": "hot"}},
          "side_effects": {"copy": {"type": "memcached_write", "target": "warm"}}}}
        """;

    private const string Pool = "hot: { type: memcached_pool, servers: [a], ";

    private readonly SettingsFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData("fabrik.yaml", Yaml)]
    [InlineData("fabrik.toml", Toml)]
    [InlineData("fabrik.json", Json)]
    public void From_TheDocumentedShape_IsTheSameInEveryFormat(string file, string text)
    {
        _fixture.Folder.Write(file, text);
        MemcachedProxyOptions options = Options();
        ListenerOptions listener = Assert.Single(options.Listeners);
        Assert.Equal("main", listener.Name);
        Assert.Equal(IPEndPoint.Parse("127.0.0.1:11211"), listener.EndPoint);
        Assert.Equal(
            ["hot", "warm", "routes.users"], options.Backends.Select(backend => backend.Name), StringComparer.Ordinal);
        PoolOptions hot = Assert.IsType<PoolOptions>(options.Backends[0]);
        Assert.Equal(
            ["10.0.0.1:11211", "10.0.0.2:11211"], hot.Servers.Select(server => $"{server}"), StringComparer.Ordinal);
        StrategyOptions users = Assert.IsType<StrategyOptions>(options.Backends[2]);
        Assert.Equal(StrategyKind.WarmFirst, users.Strategy);
        Assert.Equal(["hot", "warm"], users.Backends);
        Assert.Equal(["users", "rest"], options.Routes.Select(route => route.Name), StringComparer.Ordinal);
        Assert.Equal(["routes.users", "hot"], options.Routes.Select(route => route.Backend), StringComparer.Ordinal);
        Assert.Equal(["copy"], options.Routes[0].SideEffects);
        Assert.Equal("warm", Assert.IsType<WriteEffectOptions>(Assert.Single(options.SideEffects)).Target);
    }

    [Fact]
    public void From_TheExampleOfTheRepository_IsRight()
    {
        string example = Path.Join(SourceTree.Root, "examples", "memcached-proxy.yaml");
        SettingsOutcome outcome = SettingsLoader.Load(_fixture.Sources(example));
        Assert.Empty(outcome.Errors);
        Assert.Equal(2, MemcachedOptions.From(outcome.Settings!, _ => null).Routes.Count);
    }

    [Fact]
    public void From_OverridesByName_ReachTheOptions()
    {
        _fixture.Folder.Write("fabrik.yaml", Yaml);
        _fixture.With("FABRIK_CONFIG_MEMCACHED_PROXY_BACKENDS_HOT_SERVERS_0", "10.9.9.9:11211:3 nine");
        MemcachedProxyOptions options = Options(
            "--config-memcached-proxy-backends-warm-connection-reply-timeout=250ms",
            "--config-memcached-proxy-listeners-main-bind", "unix:/run/mc.sock");
        PoolOptions hot = Assert.IsType<PoolOptions>(options.Backends[0]);
        Assert.Equal("10.9.9.9:11211", hot.Servers[0].ToString());
        Assert.Equal((3, "nine"), (hot.Servers[0].Weight, hot.Servers[0].Alias));
        PoolOptions warm = Assert.IsType<PoolOptions>(options.Backends[1]);
        Assert.Equal(TimeSpan.FromMilliseconds(250), warm.Connections.ReplyTimeout);
        Assert.Equal("/run/mc.sock", Assert.IsType<UnixDomainSocketEndPoint>(options.Listeners[0].EndPoint).ToString());
    }

    [Fact]
    public void From_EveryKindOfBackend_HasWhatIsSet()
    {
        _fixture.Folder.Write("fabrik.yaml", """
            memcached_proxy:
              zone: a
              threads: 2
              listeners: { main: { bind: "*:0", user: u, password: p } }
              backends:
                pool:
                  type: memcached_pool
                  zone: a
                  hash_ring: twemproxy
                  key_hash: fnv1a_64
                  hash_tag: "{}"
                  discovery: { type: dns, name: mc.example.com, port: 11222, interval: 10s }
                  health: { when_dead: gutter, gutter: spare, failure_limit: 5 }
                  connection: { tls: true, tls_server_name: mc, user: x, password: y, per_thread: 2 }
                spare: { type: memcached_single, server: /run/spare.sock, zone: b }
                web: { type: http, url: "http://127.0.0.1:8080/kv", headers: ["X-Key: a:b"], timeout: 2s }
                store: { type: cache, namespace: mc }
                near: { type: zone_aware, backends: [pool, spare] }
                safe: { type: failover, primary: near, fallback: store, failover_expiry: 1m, failover_on_miss: true }
              routes:
                all: { strategy: replicate, backends: [safe, web], replication: majority, log_fraction: 0.5 }
              side_effects:
                post: { type: http_post, url: "http://127.0.0.1:1/", commands: [set], queue_limit: 5 }
                hits: { type: replicate_on_hit, target: spare, expiry: 5m }
            """);
        MemcachedProxyOptions options = Options();
        Assert.Equal(2, options.Loops);
        Assert.Equal(new MemcachedCredentials("u", "p"), options.Listeners[0].Credentials);
        PoolOptions pool = Assert.IsType<PoolOptions>(options.Backends[0]);
        Assert.Equal(
            new DiscoveryOptions(DiscoveryKind.Dns, "mc.example.com", 11222, TimeSpan.FromSeconds(10)), pool.Discovery);
        Assert.Equal(
            new HashingOptions { Ring = RingKind.Twemproxy, KeyHash = KeyHashKind.Fnv1AX64, HashTag = "{}" },
            pool.Hashing);
        Assert.Equal((DeadServerPolicy.Gutter, "spare", 5), (
            pool.Health.WhenDead, pool.Health.Gutter, pool.Health.FailureLimit));
        Assert.Equal((true, "mc", 2), (
            pool.Connections.Tls, pool.Connections.TlsServerName, pool.Connections.PerLoop));
        Assert.Equal("y", pool.Connections.Credentials!.Password);
        ServerOptions spare = Assert.Single(Assert.IsType<PoolOptions>(options.Backends[1]).Servers);
        Assert.IsType<UnixDomainSocketEndPoint>(spare.EndPoint);
        HttpBackendOptions web = Assert.IsType<HttpBackendOptions>(options.Backends[2]);
        Assert.Equal("a:b", web.Headers["x-key"]);
        Assert.Equal("mc", Assert.IsType<CacheBackendOptions>(options.Backends[3]).Namespace);
        StrategyOptions near = Assert.IsType<StrategyOptions>(options.Backends[4]);
        Assert.Equal("a", near.Zones!.Own);
        Assert.Equal(["a", "b"], near.Zones.OfBackends);
        StrategyOptions safe = Assert.IsType<StrategyOptions>(options.Backends[5]);
        Assert.Equal((true, TimeSpan.FromMinutes(1)), (safe.FailoverOnMiss, safe.FailoverExpiry!.Value));
        Assert.Equal(ReplicationMode.Majority, Assert.IsType<StrategyOptions>(options.Backends[6]).Replication);
        Assert.Equal(0.5, Assert.Single(options.Routes).LogFraction);
        Assert.Equal((5, "set"), (
            options.SideEffects[0].QueueLimit,
            Assert.Single(Assert.IsType<HttpPostOptions>(options.SideEffects[0]).Commands)));
        Assert.Equal(
            TimeSpan.FromMinutes(5), Assert.IsType<ReplicateOnHitOptions>(options.SideEffects[1]).Expiry);
    }

    [Theory]
    [InlineData("modula", RingKind.Modula)]
    [InlineData("twemproxy_modula", RingKind.TwemproxyModula)]
    public void From_ARingOfEitherModula_IsThatOne(string name, RingKind expected)
    {
        _fixture.Folder.Write("fabrik.yaml", $$"""
            memcached_proxy:
              backends: { hot: { type: memcached_pool, servers: [a], hash_ring: {{name}} } }
            """);
        Assert.Equal(expected, Assert.IsType<PoolOptions>(Assert.Single(Options().Backends)).Hashing.Ring);
    }

    [Fact]
    public void Load_HintWithCommandsThatHaveNone_IsOneError()
    {
        _fixture.Folder.Write("fabrik.yaml", """
            memcached_proxy:
              listeners: { main: { bind: "127.0.0.1:0" } }
              backends: { hot: { type: cache } }
              routes: { a: { backend: hot, hint: Peu, commands: [get] }, b: { backend: hot } }
            """);
        Assert.Contains("routes.a.", Assert.Single(_fixture.Errors()), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ManyThingsWrong_SaysAllOfThemAtOnce()
    {
        _fixture.Folder.Write("fabrik.yaml", """
            memcached_proxy:
              listeners:
                main: { bind: "127.0.0.1:11211" }
                other: { bind: "127.0.0.1:11211", user: x }
              backends:
                hot: { type: memcached_pool }
                warm: { type: memcached_single, server: "10.0.1.1:11211" }
              routes:
                users: { matcher: "user:*", strategy: warm_first, primary: hott }
                two: { strategy: blind_forward, backends: [hot, warm], side_effects: [coppy] }
              side_effects: { copy: { type: memcached_write, target: worm } }
            """);
        Assert.Equal(
            [
                "4: listeners.other.user: expected both it and password, found one of them",
                "4: listeners.other.bind: expected an address of its own, found that of "
                    + "memcached_proxy.listeners.main",
                "6: backends.hot.servers: expected servers, or discovery.type to be set, "
                    + "found neither",
                "9: routes.users.primary: expected the name of a backend, found \"hott\"; "
                    + "did you mean \"hot\"?",
                "9: routes.users.fallback: expected primary and fallback for warm_first, "
                    + "found one",
                "10: routes.two.backend: expected one backend for blind_forward, found 2",
                "10: routes.two.side_effects: expected the name of a side effect, found "
                    + "\"coppy\"; did you mean \"copy\"?",
                "11: side_effects.copy.target: expected the name of a backend, found "
                    + "\"worm\"; did you mean \"warm\"?",
            ],
            _fixture.Errors().Select(error => Place().Replace(error, "$1: ")),
            StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("hot: { type: memcached_pool, servers: [\"a:0\"] }", "backends.hot.servers: expected a server such as")]
    [InlineData("hot: { type: memcached_pool, servers: [\"a:1:0\"] }", "expected a server such as")]
    [InlineData("hot: { type: memcached_pool, servers: [\"a\", \"a:11211\"] }",
        "expected each server once, found a:11211")]
    [InlineData("hot: { type: memcached_pool, servers: [\"a:1 x\", \"b:1 x\"] }",
        "servers: expected an alias of its own for each server, found x for a:1 and b:1")]
    [InlineData("hot: { type: memcached_pool, servers: [\"a:1 b:1\", \"b:1\"] }", "found b:1 for a:1 and b:1")]
    [InlineData(Pool + "url: \"http://a\" }", "url: expected it not to be set")]
    [InlineData("hot: { type: memcached_pol, servers: [a] }", "did you mean \"memcached_pool\"?")]
    [InlineData(Pool + "hash_tag: \"{\" }", "hash_tag: expected two characters")]
    [InlineData(Pool + "discovery: { type: dns } }", "discovery.name: expected a name")]
    [InlineData(Pool + "health: { when_dead: gutter } }", "health.gutter: expected both")]
    [InlineData(Pool + "health: { when_dead: gutter, gutter: hot } }", "hot -> hot")]
    [InlineData(Pool + "connection: { tls_ca_file: x } }", "tls: expected true")]
    [InlineData("hot: { type: memcached_single }", "backends.hot.server: expected a server, found none")]
    [InlineData("hot: { type: http }", "backends.hot.url: expected a URL")]
    [InlineData("hot: { type: http, url: \"http://a\", headers: [\"a b\"] }", "expected \"Name: value\"")]
    [InlineData("hot: { type: cache, namespace: \"a/b\" }", "backends.hot.namespace: expected up to 64")]
    [InlineData("hot: { type: failover, backends: [b, c] }", "expected the name of a backend, found \"b\"")]
    [InlineData("hot: { type: failover, backends: [hot, hot] }", "expected each backend once, found \"hot\" 2 times")]
    [InlineData(
        "hot: { type: cache }, b: { type: failover, backends: [hot, c] }, c: { type: parallel, backends: [hot, b] }",
        "c.backends: expected a way that ends, found a circle: b -> c -> b")]
    [InlineData("hot: { type: cache }, b: { type: cache }, c: { type: zone_aware, backends: [hot, b] }",
        "memcached_proxy.zone: expected the zone of this proxy for memcached_proxy.backends.c")]
    [InlineData("hot: { type: cache }, b: { type: replicate, backends: [hot] }", "expected two or more backends")]
    [InlineData("hot: { type: cache }, b: { type: consistent_hash, backend: hot, hash_ring: jump }",
        "hash_ring: expected it not to be set: consistent_hash over one backend")]
    public void Load_BackendThatCannotWork_IsAnError(string backends, string error)
    {
        _fixture.Folder.Write("fabrik.yaml", $$"""
            memcached_proxy:
              listeners: { main: { bind: "127.0.0.1:0" } }
              backends: { {{backends}} }
              routes: { all: { backend: hot } }
            """);
        Assert.Contains(_fixture.Errors(), found => found.Contains(error, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a: { backend: hot, matcher: \"\" }", "routes.a.matcher: expected keys such as")]
    [InlineData("a: { backend: hot, matcher: \"user:[\" }", "routes.a.matcher: expected keys such as")]
    [InlineData("a: { backend: hot, matcher: \"/(/\" }", "matcher: expected keys such as \"user:*\": the regular")]
    [InlineData("a: { backend: hot, commands: [gett] }", "did you mean \"get\"?")]
    [InlineData("a: { backend: hot, hint: eu }",
        "routes.a.hint: expected a flag such as \"Peu\": it does not begin with P or L")]
    [InlineData("a: { backend: hot }, b: { backend: hot, hint: Peu }",
        "routes.b.matcher: expected requests that do not all go to \"a\" before it")]
    [InlineData("a: { backend: hot, hint: Peu }, b: { backend: hot, hint: Peu, commands: [mg] }",
        "routes.b.matcher: expected requests that do not all go to \"a\" before it")]
    [InlineData("a: { backend: hot, hint: P }", "routes.a.hint: expected a flag such as \"Peu\": behind the letter")]
    [InlineData("a: { backend: hot, hint: Peu, commands: [mg, read, get] }",
        "commands: expected commands that can have the hint \"Peu\" (mg, ms, md, ma, me, or a group), found get")]
    [InlineData("a: { backend: hot, log_fraction: 1.5 }", "expected a number from 0 to 1, found 1.5")]
    [InlineData("a: { backend: hot, shadow_fraction: 0.5 }",
        "shadow_fraction: expected it not to be set: blind_forward")]
    [InlineData("a: { backend: hot, strategy: warmfirst }", "did you mean \"warm_first\"?")]
    [InlineData("a: { backend: hot }, b: { backend: hot, matcher: \"x:*\" }",
        "routes.b.matcher: expected requests that do not all go to \"a\" before it, found \"x:*\"")]
    [InlineData("a: { backend: hot, matcher: \"x*\" }, b: { backend: hot, matcher: \"xy?\" }", "routes.b.matcher")]
    [InlineData("a: { backend: hot, matcher: \"x*\" }, b: { backend: hot, matcher: \"/^xy/\" }", "routes.b.matcher")]
    [InlineData("a: { backend: hot, matcher: \"x?\" }, b: { backend: hot, matcher: \"x?\" }", "routes.b.matcher")]
    [InlineData("a: { backend: hot, commands: [get] }, b: { backend: hot, commands: [set] }, "
        + "c: { backend: hot, matcher: x, commands: [set, get] }",
        "expected requests that do not all go to \"a\" and \"b\"")]
    [InlineData("", "memcached_proxy.routes: expected a route, found none")]
    public void Load_RouteThatCannotWork_IsAnError(string routes, string error)
    {
        _fixture.Folder.Write("fabrik.yaml", $$"""
            memcached_proxy:
              listeners: { main: { bind: "127.0.0.1:0" } }
              backends: { hot: { type: cache } }
              routes: { {{routes}} }
            """);
        Assert.Contains(_fixture.Errors(), found => found.Contains(error, StringComparison.Ordinal));
    }

    [Fact]
    public void Load_MoreHintsThanThereMayBe_IsAnErrorOfTheFirstTooMany()
    {
        string routes = string.Join(
            ", ",
            Enumerable.Range(0, 66).Select(i => $"r{i}: {{ matcher: r{i}, backend: hot, hint: L{i} }}"));
        _fixture.Folder.Write("fabrik.yaml", $$"""
            memcached_proxy:
              listeners: { main: { bind: "127.0.0.1:0" } }
              backends: { hot: { type: cache } }
              routes: { {{routes}}, again: { matcher: again, backend: hot, hint: L0 } }
            """);
        Assert.EndsWith(
            "routes.r64.hint: expected up to 64 different hints, found more", Assert.Single(_fixture.Errors()),
            StringComparison.Ordinal);
    }

    [Fact]
    public void From_AHint_IsOfItsRouteOnly()
    {
        _fixture.Folder.Write("fabrik.yaml", """
            memcached_proxy:
              backends: { hot: { type: cache } }
              routes: { a: { backend: hot, hint: Peu, commands: [mg, write] }, b: { backend: hot } }
            """);
        Assert.Equal(["Peu", null], Options().Routes.Select(route => route.Hint), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("a: { backend: hot, commands: [read] }, b: { backend: hot }")]
    [InlineData("a: { backend: hot, matcher: \"xy*\" }, b: { backend: hot, matcher: \"x*\" }")]
    [InlineData("a: { backend: hot, matcher: \"x?\" }, b: { backend: hot, matcher: xy }, c: { backend: hot }")]
    [InlineData("a: { backend: hot, matcher: x }, b: { backend: hot, matcher: xx }, "
        + "c: { backend: hot, matcher: \"/^x/\" }")]
    public void Load_RoutesThatAreAllReached_AreRight(string routes)
    {
        _fixture.Folder.Write("fabrik.yaml", $$"""
            memcached_proxy:
              listeners: { main: { bind: "127.0.0.1:0" } }
              backends: { hot: { type: cache } }
              routes: { {{routes}} }
            """);
        Assert.Equal(routes.Count(c => c == '{'), MemcachedOptions.From(_fixture.Load(), _ => null).Routes.Count);
    }

    [Fact]
    public void Load_SpoolsInOneFolder_IsAnErrorAtTheSecond()
    {
        _fixture.Folder.Write("fabrik.yaml", """
            memcached_proxy:
              listeners: { main: { bind: "127.0.0.1:0" } }
              backends: { hot: { type: cache } }
              routes: { all: { backend: hot } }
              side_effects:
                one: { type: memcached_write, target: hot, spool_dir: spool }
                two: { type: memcached_write, target: hot, spool_dir: ./spool/ }
                three: { type: memcached_write, target: hot }
                four: { type: memcached_write, target: hot }
            """);
        string error = Assert.Single(_fixture.Errors());
        Assert.Equal(
            "7: side_effects.two.spool_dir: expected a folder of its own, found that of "
                + "memcached_proxy.side_effects.one",
            Place().Replace(error, "$1: "));
    }

    [Theory]
    [InlineData("cache-1.example.com", "cache-1.example.com:11211", 1, null)]
    [InlineData("10.0.0.1:11212:2 one", "10.0.0.1:11212", 2, "one")]
    [InlineData("[::1]:11213", "::1:11213", 1, null)]
    [InlineData("unix:/run/m.sock:4", "/run/m.sock", 4, null)]
    public void Server_AsTwemproxyWritesIt_IsReadAndWritten(string text, string shown, int weight, string? alias)
    {
        _fixture.Folder.Write("fabrik.toml", $$"""
            [memcached_proxy.backends.a]
            type = "memcached_single"
            server = "{{text}}"
            """);
        Setting<ServerOptions?> setting = MemcachedBackendSettings.Server;
        EffectiveSettings backend = Assert.Single(_fixture.Load().Items(MemcachedProxySettings.Backends));
        ServerOptions server = backend.Get(setting)!;
        Assert.Equal((shown, weight, alias), (server.ToString(), server.Weight, server.Alias));
        _fixture.Folder.Write("fabrik.toml", $$"""
            [memcached_proxy.backends.a]
            type = "memcached_single"
            server = {{backend.ValueOf(setting).ToToml()}}
            """);
        Assert.Equal(server, _fixture.Load().Items(MemcachedProxySettings.Backends)[0].Get(setting));
    }

    [GeneratedRegex("^fabrik.yaml:([0-9]+):[0-9]+: memcached_proxy[.]")]
    private static partial Regex Place();

    private MemcachedProxyOptions Options(params string[] arguments) =>
        MemcachedOptions.From(_fixture.Load(arguments), _ => null);
}
