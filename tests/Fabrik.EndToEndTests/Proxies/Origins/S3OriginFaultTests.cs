using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Proxies.Origins;

/// <summary>
/// <c>fabrik s3-proxy</c> in front of real S3 servers that refuse, that change what they have, and that are gone.
/// </summary>
[Collection<ServersOfOthers>]
public sealed class S3OriginFaultTests(S3Origins origins) : IDisposable
{
    private const string Cached = "{ ttl: 1h }";
    private const int Size = 6 << 20;

    private readonly Sandbox _sandbox = new();

    public static TheoryData<string> Servers => S3OriginTests.Servers;

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Get_OfWhatIsAbsent_IsNotFoundAndTellsNothingOfTheBucket(string server)
    {
        var origin = await origins.GetAsync(server);
        await using var proxy = await StartAsync(origin, origin.Keys, Cached);
        var absent = await proxy.GetAsync("/products/nothing");
        Assert.True(absent.Status == 404, $"{absent}\n{proxy.Log}");
        Assert.Equal("NotFound", absent.ErrorCode);
        ExpectNothingOf(absent, S3Origin.Bucket, "NoSuchKey", $"{origin.Port}");

        // What is uploaded is there at once.
        await origin.PutAsync("nothing", Bytes(seed: 1));
        Assert.Equal(Bytes(seed: 1), (await proxy.GetAsync("/products/nothing")).Body);
    }

    [Fact]
    public async Task Get_OfWhatTheKeysMayNotRead_IsNotFoundAndCounted()
    {
        var origin = await origins.GetAsync(S3Origins.Radosgw);
        await origin.PutAsync("secret", Bytes(seed: 1));
        await using var proxy = await StartAsync(origin, CephCluster.Stranger, Cached);
        var refused = await proxy.GetAsync("/products/secret");
        Assert.True(refused.Status == 404, $"{refused}\n{proxy.Log}");
        ExpectNothingOf(refused, "AccessDenied", CephCluster.Stranger.AccessKey, CephCluster.Stranger.SecretKey);
        Assert.DoesNotContain(CephCluster.Stranger.SecretKey, proxy.Log, StringComparison.Ordinal);
    }

    // s3rver looks at keys and not at signatures.
    [Fact]
    public async Task Get_WithAWrongSecret_TellsTheOperatorAndNotTheClient()
    {
        var origin = await origins.GetAsync(S3Origins.Radosgw);
        await origin.PutAsync("signed", Bytes(seed: 1));
        var wrong = origin.Keys with { SecretKey = "never-to-be-told" };
        await using var proxy = await StartAsync(origin, wrong, Cached);
        var refused = await proxy.GetAsync("/products/signed");
        Assert.True(refused.Status == 502, $"{refused}\n{proxy.Log}");
        Assert.Equal("OriginFailed", refused.ErrorCode);
        ExpectNothingOf(refused, "SignatureDoesNotMatch", wrong.AccessKey, wrong.SecretKey);
        await Poll.UntilAsync(
            () => proxy.Log.Contains("SignatureDoesNotMatch", StringComparison.Ordinal), () => proxy.Log);
        Assert.DoesNotContain(wrong.SecretKey, proxy.Log, StringComparison.Ordinal);
        var metrics = await proxy.ReadMetricsAsync();
        Assert.NotEqual(0, metrics.Sum("fabrik_proxy_origin_faults_total", ("kind", "BadCredentials")));
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Get_OverPartsOfAnObjectThatChanged_IsNeverOfTwoVersions(string server)
    {
        var origin = await origins.GetAsync(server);
        var (before, after) = (Bytes(seed: 1), Bytes(seed: 2));
        await origin.PutAsync("changing", before);
        await using var proxy = await StartAsync(origin, origin.Keys, Cached);

        // Its first slice and its last are kept for an hour; what is between them is another version by then.
        foreach (var range in (string[])["bytes=0-9", "bytes=-10"])
        {
            Assert.Equal(206, (await proxy.AskAsync(HttpMethod.Get, "/products/changing", ("Range", range))).Status);
        }

        var tag = await origin.PutAsync("changing", after);
        byte[] body;
        try
        {
            var whole = await proxy.GetAsync("/products/changing");
            Assert.True(whole.Status == 200, $"{whole}\n{proxy.Log}");
            body = whole.Body;
        }
        catch (HttpRequestException)
        {
            // Its head was the old version's, which nobody has any more: the body ends early, and the client knows.
            body = after;
        }

        Assert.True(body.AsSpan().SequenceEqual(before) || body.AsSpan().SequenceEqual(after), "two versions in one");
        await Poll.UntilAsync(
            async () =>
            {
                var next = await proxy.GetAsync("/products/changing");
                return next.ETag == tag && next.Body.AsSpan().SequenceEqual(after);
            },
            () => $"the new version does not come: {proxy.Log}");
        var part = await proxy.AskAsync(HttpMethod.Get, "/products/changing", ("Range", "bytes=3000000-3000099"));
        Assert.Equal(after.AsSpan(3_000_000, 100).ToArray(), part.Body);
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Get_WhenTheServerIsKilled_IsAnsweredFromWhatIsStale(string server)
    {
        await using var origin = await origins.StartAsync(server);
        await origin.PutAsync("kept", Bytes(seed: 1));
        await using var proxy = await StartAsync(origin, origin.Keys, "{ ttl: 1s, stale_if_error: 1h }");
        Assert.Equal(200, (await proxy.GetAsync("/products/kept")).Status);
        await origin.KillAsync();

        // Until its second is over it is fresh.
        await Poll.UntilAsync(
            async () =>
            {
                var stale = await proxy.GetAsync("/products/kept");
                Assert.True(stale.Status == 200, $"{stale}\n{proxy.Log}");
                Assert.Equal(Bytes(seed: 1), stale.Body);
                return !stale.IsHit || stale.CacheStatus.Contains("ttl=-", StringComparison.Ordinal);
            },
            () => $"it stays fresh: {proxy.Log}");
        var never = await proxy.GetAsync("/products/never-seen");
        Assert.True(never.Status is 502 or 503, $"{never}\n{proxy.Log}");
        Assert.True(await Readiness.AskAsync("127.0.0.1", proxy.Ports), "a bucket that is gone is no reason to stop");
    }

    [Fact]
    public async Task Get_WhenTheServerIsKilled_IsAnsweredByItsReplica()
    {
        await using var first = await origins.StartAsync(S3Origins.S3rver);
        var second = await origins.GetAsync(S3Origins.Radosgw);
        await second.PutAsync("in-both", Bytes(seed: 2));
        await first.PutAsync("in-both", Bytes(seed: 1));
        var bucket = ProxyConfiguration.Bucket(first, first.Keys, "{ enabled: false }").Replace(
            "      cache:",
            $"""
                    replicas:
                      - name: second
                        endpoint: http://127.0.0.1:{second.Port}
                        access_key: {second.Keys.AccessKey}
                        secret_key: {second.Keys.SecretKey}
                        priority: 1
                  cache:
            """,
            StringComparison.Ordinal);
        await using var proxy = await ProxyServer.StartAsync(
            _sandbox, new ProxyConfiguration { StoreDirectory = _sandbox.In("store"), Buckets = [bucket] });
        Assert.Equal(Bytes(seed: 1), (await proxy.GetAsync("/products/in-both")).Body);
        await first.KillAsync();
        var answer = await proxy.GetAsync("/products/in-both");
        Assert.True(answer.Status == 200, $"{answer}\n{proxy.Log}");
        Assert.Equal(Bytes(seed: 2), answer.Body);
    }

    public void Dispose() => _sandbox.Dispose();

    private static void ExpectNothingOf(ProxyAnswer answer, params string[] texts)
    {
        var everything = answer.Text + string.Join('\n', answer.Headers.Values);
        Assert.All(texts, text => Assert.DoesNotContain(text, everything, StringComparison.OrdinalIgnoreCase));
    }

    private Task<ProxyServer> StartAsync(S3Origin origin, (string AccessKey, string SecretKey) keys, string cache) =>
        ProxyServer.StartAsync(_sandbox, new ProxyConfiguration
        {
            StoreDirectory = _sandbox.In("store"),
            Buckets = [ProxyConfiguration.Bucket(origin, keys, cache)],
        });

    private static byte[] Bytes(int seed)
    {
        var bytes = new byte[Size];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
