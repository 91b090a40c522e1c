using Fabrik.Composition.Memcached;
using Fabrik.UnitTests.Settings;
using Fabrik.Wire.Memcached;
using Xunit;

namespace Fabrik.UnitTests.Composition.Memcached;

/// <summary>What people are told of the way of a request.</summary>
public sealed class MemcachedExplanationTests : IDisposable
{
    private readonly SettingsFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Of_ARouteWithAStrategy_TellsItsTree() => Assert.Equal(
        [
            "route users: user:*, get, gets",
            "  routes.users: warm_first over hot, warm",
            "    hot: server 10.0.0.1:11211",
            "      or, while it is dead, for 60 s at most:",
            "        spare: the store of this process",
            "    warm: http://10.0.0.3/kv",
            "  and besides: copy",
        ],
        Explain(Verb.Get, "user:42")!);

    [Fact]
    public void Of_AnotherCommand_IsOfAnotherRoute() =>
        Assert.Equal("route rest: *, every command", Explain(Verb.Set, "user:42")![0]);

    // Found with libmemcached's ring and MD5; the two servers share the keys.
    [Fact]
    public void Of_APool_TellsRingHashAndServer()
    {
        string[] lines = [.. Enumerable.Range(0, 100).Select(i => Explain(Verb.Set, $"k{i}")![1])];
        Assert.All(lines, line => Assert.Matches(
            "^  pool: ring Libmemcached, Md5 of the key 0x[0-9a-f]{8}, point 0x[0-9a-f]{8}, server 10.0.1.[12]:11211$",
            line));
        Assert.Equal(2, lines.Select(line => line[^7]).Distinct().Count());
    }

    [Fact]
    public void Of_AKeyThatNoRouteMatches_IsNull()
    {
        _fixture.Folder.Write("fabrik.yaml", """
            memcached_proxy:
              backends: { one: { type: cache } }
              routes: { users: { matcher: "user:*", backend: one } }
            """);
        Assert.Null(MemcachedExplanation.Of(MemcachedOptions.From(_fixture.Load(), _ => null), Verb.Get, "other"));
    }

    private IReadOnlyList<string>? Explain(Verb verb, string key)
    {
        _fixture.Folder.Write("fabrik.yaml", """
            memcached_proxy:
              backends:
                hot: { type: memcached_single, server: 10.0.0.1, health: { when_dead: gutter, gutter: spare } }
                warm: { type: http, url: "http://10.0.0.3/kv" }
                spare: { type: cache }
                pool: { type: memcached_pool, servers: [10.0.1.1, 10.0.1.2] }
              routes:
                users: { matcher: "user:*", commands: [get, gets], strategy: warm_first, primary: hot, fallback: warm,
                         side_effects: [copy] }
                rest: { backend: pool }
              side_effects: { copy: { type: memcached_write, target: pool } }
            """);
        return MemcachedExplanation.Of(MemcachedOptions.From(_fixture.Load(), _ => null), verb, key);
    }
}
