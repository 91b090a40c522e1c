using System.Globalization;
using System.Net;
using System.Text.Json;
using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Memcached;

/// <summary>Keys of one real memcached are copied to another, as an operator with a token has it done.</summary>
public sealed class WarmingTests : IAsyncLifetime, IDisposable
{
    private const string Some = """ "from": "old", "to": "fresh" """;

    // The first key goes at once, the second one in a quarter of an hour.
    private const string Slow = $$"""{{{Some}}, "keys": ["key:0", "key:1", "key:2"], "rate": 0.001}""";

    private readonly Sandbox _sandbox = new();
    private TokenIssuer _issuer = null!;
    private MemcachedServer _old = null!;
    private MemcachedServer _fresh = null!;
    private MemcachedProxyServer _proxy = null!;
    private WarmingClient _operator = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await TokenIssuer.CreateAsync(_sandbox);
        _old = await MemcachedServer.StartAsync(_sandbox);
        _fresh = await MemcachedServer.StartAsync(_sandbox);
        var rest = $$"""
              backends:
                old: { type: memcached_pool, servers: ["{{_old.Address}}"] }
                fresh: { type: memcached_pool, servers: ["{{_fresh.Address}}"] }
                both: { type: failover, backends: [fresh, old] }
              routes: { all: { backend: both } }
            """;
        _proxy = await MemcachedProxyServer.StartAsync(_sandbox, MemcachedProxyServer.Yaml(rest, "", _issuer));
        _operator = new WarmingClient(_proxy, await _issuer.IssueAsync("admin"));
    }

    [Fact]
    public async Task Metadump_WithAMatcher_CopiesTheKeysThatItMatchesWithTheirLife()
    {
        using var old = await MemcachedClient.ConnectAsync(_old.Port);
        for (var i = 0; i < 200; i++)
        {
            Assert.Equal("STORED", old.Ask($"set user:{i} 7 1000 5\r\nu{i:D4}"));
            Assert.Equal("STORED", old.Ask($"set session:{i} 0 0 5\r\ns{i:D4}"));
        }

        var id = await _operator.BeginAsync($$"""{{{Some}}, "metadump": true, "matcher": "user:?[02468]"}""");
        var job = await _operator.WaitAsync(id, "done");

        Assert.Equal((45, 45, 225), (Number(job, "found"), Number(job, "copied"), Number(job, "bytes")));
        using var fresh = await MemcachedClient.ConnectAsync(_fresh.Port);
        Assert.Equal(45, Items(fresh));
        for (var i = 10; i < 100; i++)
        {
            Assert.Equal(i % 2 == 0 ? $"u{i:D4}" : null, fresh.Get($"user:{i}"));
        }

        var left = fresh.Ask("mg user:10 f t")!;
        Assert.StartsWith("HD f7 t", left, StringComparison.Ordinal);
        Assert.InRange(int.Parse(left.AsSpan("HD f7 t".Length), CultureInfo.InvariantCulture), 1, 1000);
    }

    [Fact]
    public async Task Metadump_WithAPrefix_CopiesTheKeysThatBeginSo()
    {
        await SetAsync(30);

        var id = await _operator.BeginAsync($$"""{{{Some}}, "metadump": true, "prefix": "key:1"}""");
        var job = await _operator.WaitAsync(id, "done");

        Assert.Equal(11, Number(job, "copied"));
    }

    [Fact]
    public async Task Keys_OfAListAndOfAFile_AreCopiedAndCounted()
    {
        await SetAsync(4);
        using var fresh = await MemcachedClient.ConnectAsync(_fresh.Port);
        Assert.Equal("STORED", fresh.Set("key:1", "newer"));

        var list = await _operator.BeginAsync($$"""{{{Some}}, "keys": ["key:0", "key:1", "none"]}""");
        var job = await _operator.WaitAsync(list, "done");
        Assert.Equal((1, 1, 1), (Number(job, "copied"), Number(job, "kept"), Number(job, "missing")));
        Assert.Equal(("value 0", "newer"), (fresh.Get("key:0"), fresh.Get("key:1")));

        var file = _sandbox.Write("keys.txt", "key:1\nkey:2\r\n\nkey:3");
        var asFile = JsonSerializer.Serialize(file);
        var second = await _operator.BeginAsync($$"""{{{Some}}, "key_file": {{asFile}}, "overwrite": true}""");
        job = await _operator.WaitAsync(second, "done");
        Assert.Equal((3, 3), (Number(job, "found"), Number(job, "copied")));
        Assert.Equal("value 1", fresh.Get("key:1"));
        Assert.Equal("value 2 value 3", $"{fresh.Get("key:2")} {fresh.Get("key:3")}");
    }

    [Fact]
    public async Task Job_ThatIsSlow_TellsHowFarItIsUntilItIsCancelled()
    {
        await SetAsync(3);

        var id = await _operator.BeginAsync(Slow);
        var job = await _operator.WaitAsync(id, one => Number(one, "copied") == 1);
        Assert.Equal(("running", 3), (job.GetProperty("state").GetString(), Number(job, "found")));
        Assert.Equal(JsonValueKind.Number, job.GetProperty("remaining_seconds").ValueKind);
        var all = (await _operator.ShowAsync()).Answer.GetProperty("jobs");
        Assert.Equal(id, Assert.Single(all.EnumerateArray()).GetProperty("id").GetInt64());

        Assert.Equal(HttpStatusCode.Accepted, (await _operator.CancelAsync(id)).Status);
        job = await _operator.WaitAsync(id, "cancelled");

        Assert.Equal(1, Number(job, "copied"));
        using var fresh = await MemcachedClient.ConnectAsync(_fresh.Port);
        Assert.Equal(1, Items(fresh));
    }

    [Fact]
    public async Task Jobs_BeyondWhatMayRun_AreRefusedUntilOneEnds()
    {
        long[] ids =
        [
            await _operator.BeginAsync(Slow), await _operator.BeginAsync(Slow),
            await _operator.BeginAsync(Slow), await _operator.BeginAsync(Slow),
        ];

        var (status, answer) = await _operator.PostAsync(Slow);
        Assert.Equal((HttpStatusCode.TooManyRequests, "4 jobs run already"), (status, Problem(answer)));

        await _operator.CancelAsync(ids[0]);
        await _operator.WaitAsync(ids[0], "cancelled");
        await _operator.BeginAsync(Slow);
    }

    [Fact]
    public async Task Metadump_OfAServerThatIsGone_Fails()
    {
        await _old.KillAsync();

        var job = await _operator.WaitAsync(
            await _operator.BeginAsync($$"""{{{Some}}, "metadump": true}"""), "failed");

        Assert.NotEmpty(job.GetProperty("problem").GetString()!);
    }

    [Fact]
    public async Task Begin_OfWhatCannotBeDone_SaysWhy()
    {
        (string Json, int Status, string Problem)[] wrong =
        [
            ("""{"from": "old", "to": "none", "keys": ["a"]}""", 404, "there is no backend \"none\""),
            ($$"""{{{Some}}}""", 400, "expected one of \"keys\", \"key_file\" and \"metadump\""),
            ("""{"from": "both", "to": "fresh", "metadump": true}""", 400, "\"metadump\": expected a pool of servers"),
            ($$"""{{{Some}}, "metadump": true, "matcher": "user:[0-9"}""", 400,
                "\"matcher\": the '[' at position 6 has no ']'"),
            ($$"""{{{Some}}, "metadump": true, "matcher": "/(/"}""", 400,
                "\"matcher\": the regular expression is wrong"),
        ];
        foreach (var (json, status, problem) in wrong)
        {
            var (found, answer) = await _operator.PostAsync(json);

            Assert.Equal(status, (int)found);
            Assert.StartsWith(problem, Problem(answer), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Begin_WithoutATokenOfAnOperator_IsRefused()
    {
        using WarmingClient nobody = new(_proxy, null);
        using WarmingClient forger = new(_proxy, "e30.e30.e30");
        using WarmingClient builder = new(_proxy, await _issuer.IssueAsync("read,write,delete"));

        (WarmingClient Client, HttpStatusCode Status)[] refused =
        [
            (nobody, HttpStatusCode.Unauthorized),
            (forger, HttpStatusCode.Unauthorized),
            (builder, HttpStatusCode.Forbidden),
        ];
        foreach (var (client, status) in refused)
        {
            Assert.Equal(status, (await client.PostAsync(Slow)).Status);
            Assert.Equal(status, (await client.ShowAsync()).Status);
            Assert.Equal(status, (await client.CancelAsync(1)).Status);
        }

        Assert.Empty((await _operator.ShowAsync()).Answer.GetProperty("jobs").EnumerateArray());
    }

    public async ValueTask DisposeAsync()
    {
        _operator.Dispose();
        await _proxy.DisposeAsync();
        await _fresh.DisposeAsync();
        await _old.DisposeAsync();
    }

    public void Dispose() => _sandbox.Dispose();

    private async Task SetAsync(int count)
    {
        using var old = await MemcachedClient.ConnectAsync(_old.Port);
        for (var i = 0; i < count; i++)
        {
            Assert.Equal("STORED", old.Set($"key:{i}", $"value {i}"));
        }
    }

    private static int Number(JsonElement job, string name) => job.GetProperty(name).GetInt32();

    private static string Problem(JsonElement answer) =>
        answer.GetProperty("error").GetProperty("message").GetString()!;

    private static int Items(MemcachedClient client)
    {
        client.Send("stats\r\n");
        var line = Assert.Single(
            client.LinesTo("END"), line => line.StartsWith("STAT curr_items ", StringComparison.Ordinal));
        return int.Parse(line.AsSpan("STAT curr_items ".Length), CultureInfo.InvariantCulture);
    }
}
