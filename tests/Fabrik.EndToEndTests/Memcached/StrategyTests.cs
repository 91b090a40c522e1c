using Fabrik.EndToEndTests.Processes;
using Xunit;

namespace Fabrik.EndToEndTests.Memcached;

/// <summary>Every strategy, as a configuration has it, before three real servers, one of which is killed.</summary>
public sealed class StrategyTests : IAsyncLifetime, IDisposable
{
    private readonly Sandbox _sandbox = new();
    private readonly List<MemcachedServer> _servers = [];
    private readonly List<MemcachedClient> _direct = [];
    private MemcachedProxyServer _proxy = null!;
    private MemcachedClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        for (var i = 0; i < 3; i++)
        {
            _servers.Add(await MemcachedServer.StartAsync(_sandbox));
            _direct.Add(await MemcachedClient.ConnectAsync(_servers[i].Port));
        }

        var rest = $$"""
              zone: here
              backends:
                a: { type: memcached_single, server: "{{_servers[0].Address}}", zone: here }
                b: { type: memcached_single, server: "{{_servers[1].Address}}", zone: there }
                c: { type: memcached_single, server: "{{_servers[2].Address}}", zone: there }
                pair: { type: failover, backends: [a, b] }
              routes:
                blind: { matcher: "blind:*", strategy: blind_forward, backend: b }
                turns: { matcher: "turns:*", strategy: round_robin, backends: [a, b, c] }
                hashed: { matcher: "hashed:*", strategy: consistent_hash, backends: [a, b, c] }
                parallel: { matcher: "parallel:*", strategy: parallel, backends: [a, b] }
                warm: { matcher: "warm:*", strategy: warm_first, primary: a, fallback: b }
                spare: { matcher: "spare:*", strategy: failover, primary: a, fallback: b }
                sync: { matcher: "sync:*", strategy: replicate, backends: [a, b], replication: all_sync }
                most: { matcher: "most:*", strategy: replicate, backends: [a, b, c], replication: majority }
                async: { matcher: "async:*", strategy: replicate, backends: [b, c], replication: all_async }
                shadow: { matcher: "shadow:*", strategy: shadow, backends: [b, c], shadow_fraction: 1 }
                near: { matcher: "near:*", strategy: least_latency, backends: [b, c] }
                zone: { matcher: "zone:*", strategy: zone_aware, backends: [a, b] }
                nested: { matcher: "nested:*", strategy: replicate, backends: [pair, c], replication: all_sync }
            """;
        _proxy = await MemcachedProxyServer.StartAsync(_sandbox, MemcachedProxyServer.Yaml(rest));
        _client = await _proxy.ConnectAsync();
    }

    [Theory]
    [InlineData("blind:1", " b ")]
    [InlineData("parallel:1", "ab ")]
    [InlineData("warm:1", "ab ")]
    [InlineData("spare:1", "a  ")]
    [InlineData("sync:1", "ab ")]
    [InlineData("most:1", "abc")]
    [InlineData("async:1", " bc")]
    [InlineData("shadow:1", " bc")]
    [InlineData("zone:1", "a  ")]
    [InlineData("nested:1", "a c")]
    public async Task Set_ByAStrategy_IsAtTheServersThatItSays(string key, string where)
    {
        Assert.Equal("STORED", _client.Set(key, "value"));

        Assert.Equal("value", _client.Get(key));
        await IsAtAsync(key, where.Replace(" ", "", StringComparison.Ordinal));
    }

    [Fact]
    public void Set_ByStrategiesThatChoose_IsSpreadOverServers()
    {
        for (var i = 0; i < 30; i++)
        {
            Assert.Equal("STORED", _client.Set($"turns:{i}", "value"));
            Assert.Equal("STORED", _client.Set($"hashed:{i}", "value"));
            Assert.Equal("value", _client.Get($"hashed:{i}"));
            Assert.Equal("STORED", _client.Set($"near:{i}", "value"));
            Assert.Equal(1, Where($"near:{i}").Length);
        }

        // A turn of each is three requests, whichever of a loop's clients sent them.
        Assert.Equal([10, 10, 10], "abc".Select(name => Count("turns", name)));
        Assert.All("abc", name => Assert.InRange(Count("hashed", name), 1, 28));
        Assert.Equal(30, "abc".Sum(name => Count("hashed", name)));
    }

    [Fact]
    public async Task Get_OfWhatOnlyTheWarmServerHas_FillsTheColdOneWithItsLife()
    {
        Assert.Equal("STORED", _direct[1].Ask("set warm:1 7 1000 5\r\nvalue"));

        Assert.Equal("value", _client.Get("warm:1"));

        await IsAtAsync("warm:1", "ab");
        var life = _direct[0].Ask("mg warm:1 f t");
        Assert.StartsWith("HD f7 t", life, StringComparison.Ordinal);
        Assert.DoesNotContain("t-1", life, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_Killed_CostsOnlyWhatHasNoOtherPlace()
    {
        string[] keys = ["parallel:1", "warm:1", "sync:1", "most:1", "blind:1"];
        Assert.All(keys, key => Assert.Equal("STORED", _client.Set(key, "value")));
        await IsAtAsync("most:1", "abc");

        await _servers[0].KillAsync();

        Assert.All(keys, key => Assert.Equal("value", _client.Get(key)));
        Assert.All(["spare:2", "most:2", "zone:2", "nested:2"], key =>
        {
            Assert.Equal("STORED", _client.Set(key, "value"));
            Assert.Equal("value", _client.Get(key));
        });
        Assert.StartsWith("SERVER_ERROR backend a", _client.Set("sync:2", "value"), StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _proxy.DisposeAsync();
        foreach (var (server, direct) in _servers.Zip(_direct))
        {
            direct.Dispose();
            await server.DisposeAsync();
        }
    }

    public void Dispose() => _sandbox.Dispose();

    private int Count(string kind, char name) => Enumerable.Range(0, 30)
        .Count(i => _direct[name - 'a'].Get($"{kind}:{i}") is not null);

    private string Where(string key) =>
        string.Concat("abc".Where(name => _direct[name - 'a'].Get(key) is "value"));

    // What clients do not wait for arrives in time.
    private Task IsAtAsync(string key, string servers) =>
        Poll.UntilAsync(() => Where(key) == servers, () => $"{key} is at {Where(key)}, not at {servers}");
}
