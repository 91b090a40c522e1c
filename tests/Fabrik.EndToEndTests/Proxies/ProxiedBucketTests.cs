using System.Net.Http.Headers;
using Fabrik.EndToEndTests.Layers.Buckets;
using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Proxies;

/// <summary><c>fabrik s3-proxy</c> in front of a real S3 server, as a newcomer runs it.</summary>
public sealed class ProxiedBucketTests : IDisposable
{
    private const string Path = "/products/a/one.bin";

    private readonly Sandbox _sandbox = new();
    private readonly byte[] _object = new byte[3_000_000];

    public ProxiedBucketTests() => new Random(1).NextBytes(_object);

    [Fact]
    public async Task Get_WithTokens_IsAnsweredToWhomTheyAllowIt()
    {
        await using var s3 = await StartBucketAsync();
        var issuer = await TokenIssuer.CreateAsync(_sandbox);
        var configuration = Configuration(s3, "auth: { enabled: true }\n      cache: { ttl: 1h }");
        await using var proxy = await ProxyServer.StartAsync(
            _sandbox, configuration with { PublicKeyFile = issuer.PublicKeyFile });
        var reader = await issuer.IssueAsync("read", subject: "reader");
        var other = await issuer.IssueAsync("read", subject: "other");
        var stranger = await (await TokenIssuer.CreateAsync(_sandbox, "others")).IssueAsync("read", subject: "reader");

        var first = await proxy.GetAsync(Path, reader);
        Assert.True(first.Status == 200, $"{first}\n{proxy.Log}");
        Assert.Equal(_object, first.Body);
        foreach (var bad in (string?[])[null, stranger, "not.a.token"])
        {
            var refused = await proxy.GetAsync(Path, bad);
            Assert.True(refused.Status == 401, $"{refused}\n{proxy.Log}");
            Assert.NotEmpty(refused.ErrorCode);
        }

        Assert.Equal(403, (await proxy.GetAsync(Path, other)).Status);
        var second = await proxy.GetAsync($"{Path}?token={reader}");
        Assert.True(second is { Status: 200, IsHit: true }, $"{second}\n{proxy.Log}");
        Assert.DoesNotContain(reader, proxy.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_OfRanges_AreThoseOfTheObjectWhetherItIsCachedOrNot()
    {
        await using var s3 = await StartBucketAsync();
        await using var proxy = await ProxyServer.StartAsync(_sandbox, Configuration(s3, "cache: { ttl: 1h }"));
        foreach (var isCached in (bool[])[false, true])
        {
            foreach (var (from, to) in ((long, long)[])[(0, 0), (1_048_570, 1_048_590), (2_999_990, 2_999_999)])
            {
                var part = await proxy.GetAsync(Path, range: new RangeHeaderValue(from, to));
                Assert.True(part.Status == 206, $"{part}\n{proxy.Log}");
                Assert.Equal($"bytes {from}-{to}/3000000", part.ContentRange);
                Assert.Equal(_object.AsSpan((int)from, (int)(to - from + 1)).ToArray(), part.Body);
                Assert.True(!isCached || part.IsHit, $"{part}");
            }

            var behind = await proxy.GetAsync(Path, range: new RangeHeaderValue(3_000_000, null));
            Assert.Equal(416, behind.Status);
            Assert.Equal(_object, (await proxy.GetAsync(Path)).Body);
        }
    }

    [Fact]
    public async Task Get_WhenTheOriginIsGone_IsAnsweredFromWhatIsStale()
    {
        await using var s3 = await StartBucketAsync();
        await using var proxy = await ProxyServer.StartAsync(
            _sandbox, Configuration(s3, "cache: { ttl: 1s, stale_if_error: 1h }"));
        Assert.Equal(200, (await proxy.GetAsync(Path)).Status);
        await s3.DisposeAsync();

        // Until its second is over it is fresh.
        await Poll.UntilAsync(
            async () =>
            {
                var stale = await proxy.GetAsync(Path);
                Assert.True(stale.Status == 200, $"{stale}\n{proxy.Log}");
                Assert.Equal(_object, stale.Body);
                return !stale.IsHit || stale.CacheStatus.Contains("ttl=-", StringComparison.Ordinal);
            },
            () => $"it stays fresh: {proxy.Log}");
        var never = await proxy.GetAsync("/products/never-seen");
        Assert.True(never.Status is 502 or 503, $"{never}\n{proxy.Log}");
        Assert.StartsWith("Origin", never.ErrorCode, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_WithWrongCredentials_TellsTheOperatorAndNotTheClient()
    {
        await using var s3 = await StartBucketAsync();
        var wrong = Configuration(s3, "cache: { ttl: 1h }", "NOBODYS");
        await using var proxy = await ProxyServer.StartAsync(_sandbox, wrong);

        var refused = await proxy.GetAsync(Path);
        Assert.True(refused.Status == 502, $"{refused}\n{proxy.Log}");
        Assert.DoesNotContain("InvalidAccessKeyId", refused.Text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("NOBODYS", refused.Text, StringComparison.Ordinal);
        await Poll.UntilAsync(
            () => proxy.Log.Contains("InvalidAccessKeyId", StringComparison.Ordinal), () => proxy.Log);
        Assert.DoesNotContain("S3RVER", proxy.Log, StringComparison.Ordinal);

        await File.WriteAllTextAsync(
            proxy.ConfigurationFile, Configuration(s3, "cache: { ttl: 1h }").ToYaml());
        proxy.Send(Signal.Hangup);
        await Poll.UntilAsync(
            async () => (await proxy.GetAsync(Path)).Status == 200, () => $"the credentials stay wrong: {proxy.Log}");
    }

    [Fact]
    public async Task File_Changed_IsFollowedWithoutASignal()
    {
        await using var s3 = await StartBucketAsync();
        var before = Configuration(s3, "cache: { ttl: 1h }");
        await using var proxy = await ProxyServer.StartAsync(_sandbox, before);
        Assert.Equal(200, (await proxy.GetAsync(Path)).Status);

        var after = before with { Buckets = [ProxyConfiguration.Bucket(s3.Port, "/goods")] };
        await File.WriteAllTextAsync(proxy.ConfigurationFile, after.ToYaml());
        await Poll.UntilAsync(
            async () => (await proxy.GetAsync("/goods/a/one.bin")).Status == 200,
            () => $"the file is not followed: {proxy.Log}");
        Assert.Equal(404, (await proxy.GetAsync(Path)).Status);
    }

    [Fact]
    public async Task Cache_AfterACrash_IsWhatItWas()
    {
        await using var s3 = await StartBucketAsync();
        var configuration = Configuration(s3, "cache: { ttl: 1h }");
        await using (var proxy = await ProxyServer.StartAsync(_sandbox, configuration))
        {
            Assert.Equal(_object, (await proxy.GetAsync(Path)).Body);
            await Poll.UntilAsync(async () => (await proxy.GetAsync(Path)).IsHit, () => $"no hit: {proxy.Log}");

            // The head and three slices: what is on its way to the store is served, but lost by a crash.
            await Poll.UntilAsync(
                async () => (await proxy.ReadMetricsAsync()).Sum("fabrik_cache_objects") >= 4,
                () => $"it is not stored: {proxy.Log}");
            await proxy.KillAsync();
        }

        await s3.DisposeAsync();
        await using var again = await ProxyServer.StartAsync(_sandbox, configuration);
        var kept = await again.GetAsync(Path);
        Assert.True(kept is { Status: 200, IsHit: true }, $"{kept}\n{again.Log}");
        Assert.Equal(_object, kept.Body);
    }

    public void Dispose() => _sandbox.Dispose();

    private ProxyConfiguration Configuration(S3Server s3, string more, string accessKey = "S3RVER") => new()
    {
        StoreDirectory = _sandbox.In("store"),
        Buckets = [ProxyConfiguration.Bucket(s3.Port, "/products", accessKey, more)],
    };

    private async Task<S3Server> StartBucketAsync()
    {
        var s3 = await S3Server.StartAsync(_sandbox);
        using HttpClient http = new();
        using ByteArrayContent content = new(_object);
        using var answer = await http.PutAsync(
            new Uri($"http://127.0.0.1:{s3.Port}/{S3Server.Bucket}/a/one.bin"), content);
        answer.EnsureSuccessStatusCode();
        return s3;
    }
}
