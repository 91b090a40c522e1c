using Fabrik.Proxies.Configuration;
using Fabrik.Proxies.Storage;
using Fabrik.Testing;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Fabrik.ProtocolTests.Proxies;

/// <summary>Reads of an object store through the cache.</summary>
public sealed class S3ProxyTests
{
    [Theory]
    [InlineData(ArtifactForm.Memory)]
    [InlineData(ArtifactForm.File)]
    [InlineData(ArtifactForm.Copied)]
    public async Task Object_AskedForAgain_ComesFromTheCache(ArtifactForm form)
    {
        await using var host = await ProxyHost.StartAsync();
        host.Tier.Form = form;
        var stored = host.Origin.Put("/store/a", 300_000, "\"1\"");
        var first = await host.GetAsync("/files/a");
        await host.SettleAsync();
        host.Clock.Advance(TimeSpan.FromSeconds(7));
        var second = await host.GetAsync("/files/a");
        Assert.Equal(stored.Bytes, first.Body);
        Assert.Equal(stored.Bytes, second.Body);
        Assert.Contains("fwd=uri-miss", first.CacheStatus, StringComparison.Ordinal);
        Assert.Contains("; hit", second.CacheStatus, StringComparison.Ordinal);
        Assert.Equal(("\"1\"", "blue"), (second["ETag"], second["x-amz-meta-colour"]));
        Assert.Equal(("text/plain", "7"), (second["Content-Type"], second["Age"]));
        Assert.Single(host.Origin.Calls);
    }

    [Fact]
    public async Task Herd_OnAColdObject_IsOneRequest()
    {
        await using var host = await ProxyHost.StartAsync();
        var stored = host.Origin.Put("/store/big", 64 * 1024 * 1024, "\"1\"");
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => ReadsAsync(host, stored.Bytes)));
        Assert.All(answers, Assert.True);
        Assert.Single(host.Origin.Calls);
        Assert.InRange(host.Door.Budget.Peak, 1, 64 * ProxyHost.SliceSize);
        await host.SettleAsync();
    }

    [Fact]
    public async Task Ranges_OfACachedWhole_AskNobody()
    {
        await using var host = await ProxyHost.StartAsync();
        var stored = host.Origin.Put("/store/a", 300_000, "\"1\"");
        await host.GetAsync("/files/a");
        await host.SettleAsync();
        var part = await host.GetAsync("/files/a", ("Range", "bytes=65000-140000"));
        var suffix = await host.GetAsync("/files/a", ("Range", "bytes=-10"));
        var open = await host.GetAsync("/files/a", ("Range", "bytes=299990-"));
        var behind = await host.GetAsync("/files/a", ("Range", "bytes=300000-"));
        Assert.Equal((206, "bytes 65000-140000/300000"), (part.Status, part["Content-Range"]));
        Assert.Equal(stored.Bytes[65_000..140_001], part.Body);
        Assert.Equal(stored.Bytes[^10..], suffix.Body);
        Assert.Equal(stored.Bytes[^10..], open.Body);
        Assert.Equal((416, "bytes */300000"), (behind.Status, behind["Content-Range"]));
        Assert.Single(host.Origin.Calls);
    }

    [Fact]
    public async Task Ranges_ThatAreSeveral_ComeInOneAnswer()
    {
        await using var host = await ProxyHost.StartAsync();
        var stored = host.Origin.Put("/store/a", 300_000, "\"1\"");
        await host.GetAsync("/files/a");
        var parts = await host.GetAsync("/files/a", ("Range", "bytes=0-9,200000-200009"));
        Assert.Equal(206, parts.Status);
        Assert.StartsWith("multipart/byteranges; boundary=", parts["Content-Type"], StringComparison.Ordinal);
        Assert.True(parts.Body.AsSpan().IndexOf(stored.Bytes.AsSpan(0, 10)) > 0);
        Assert.True(parts.Body.AsSpan().IndexOf(stored.Bytes.AsSpan(200_000, 10)) > 0);
        Assert.Contains("Content-Range: bytes 200000-200009/300000", parts.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Range_OfAColdObject_FetchesItsSlicesOnly_AndTheWholeTheRest()
    {
        await using var host = await ProxyHost.StartAsync();
        var stored = host.Origin.Put("/store/a", 300_000, "\"1\"");
        var part = await host.GetAsync("/files/a", ("Range", "bytes=70000-130000"));
        await host.SettleAsync();
        var suffix = await host.GetAsync("/files/a", ("Range", "bytes=-5"));
        await host.SettleAsync();
        var whole = await host.GetAsync("/files/a");
        Assert.Equal(stored.Bytes[70_000..130_001], part.Body);
        Assert.Equal(stored.Bytes[^5..], suffix.Body);
        Assert.Equal(stored.Bytes, whole.Body);
        Assert.Equal(
            ["bytes=65536-131071", "bytes=262144-299999", "bytes=0-65535", "bytes=131072-262143"],
            host.Origin.Calls.Select(call => call["Range"]),
            StringComparer.Ordinal);
        Assert.All(host.Origin.Calls.Skip(1), call => Assert.Equal("\"1\"", call["If-Match"]));
    }

    [Fact]
    public async Task Suffix_OfAColdObject_LearnsTheSizeFirst()
    {
        await using var host = await ProxyHost.StartAsync();
        var stored = host.Origin.Put("/store/a", 300_000, "\"1\"");
        var suffix = await host.GetAsync("/files/a", ("Range", "bytes=-5"));
        Assert.Equal((206, "bytes 299995-299999/300000"), (suffix.Status, suffix["Content-Range"]));
        Assert.Equal(stored.Bytes[^5..], suffix.Body);
    }

    [Theory]
    [InlineData("bytes=70000-130000", 70_000, 130_001)]
    [InlineData("bytes=0-", 0, 300_000)]
    public async Task Range_OfWhatIsTooLargeToKeep_IsTheOneThatWasAskedFor(string range, int first, int end)
    {
        await using var host = await ProxyHost.StartAsync(static host => host.S3(static bucket => bucket with
        {
            Cache = new CacheRule { MaxObjectSize = 200_000 },
        }));
        var stored = host.Origin.Put("/store/a", 300_000, "\"1\"");
        var part = await host.GetAsync("/files/a", ("Range", range));
        var whole = await host.GetAsync("/files/a");
        Assert.Equal((206, $"bytes {first}-{end - 1}/300000"), (part.Status, part["Content-Range"]));
        Assert.Equal(stored.Bytes[first..end], part.Body);
        Assert.Equal(stored.Bytes, whole.Body);
        Assert.Equal("300000", whole["Content-Length"]);
        Assert.Equal(0, host.Tier.Count);
    }

    [Fact]
    public async Task Memory_ThatIsUsedUp_LetsBodiesPassUnkept()
    {
        await using var host = await ProxyHost.StartAsync();
        var stored = host.Origin.Put("/store/a", 300_000, "\"1\"");
        Assert.True(host.Door.Budget.TryTake(64 * ProxyHost.SliceSize));
        var answer = await host.GetAsync("/files/a");
        Assert.Equal(stored.Bytes, answer.Body);
        Assert.Equal("300000", answer["Content-Length"]);
        Assert.Equal(0, host.Tier.Count);
        host.Door.Budget.Return(64 * ProxyHost.SliceSize);
    }

    [Fact]
    public async Task Conditions_OfClients_AreAnsweredFromTheCache()
    {
        await using var host = await ProxyHost.StartAsync();
        host.Origin.Put("/store/a", 1000, "\"1\"");
        await host.GetAsync("/files/a");
        var known = await host.GetAsync("/files/a", ("If-None-Match", "W/\"0\", \"1\""));
        var match = await host.GetAsync("/files/a", ("If-Match", "\"1\""));
        Assert.Equal((304, 0, "\"1\""), (known.Status, known.Body.Length, known["ETag"]));
        Assert.Equal(200, match.Status);
        Assert.Single(host.Origin.Calls);
        Assert.Equal(412, (await host.GetAsync("/files/a", ("If-Match", "\"2\""))).Status);
    }

    [Fact]
    public async Task Head_OfAColdObject_IsKept_AndTheBodyFetchedLater()
    {
        await using var host = await ProxyHost.StartAsync();
        var stored = host.Origin.Put("/store/a", 1000, "\"1\"");
        var head = await host.SendAsync("HEAD", "/files/a");
        var again = await host.SendAsync("HEAD", "/files/a");
        var body = await host.GetAsync("/files/a");
        Assert.Equal((200, "1000"), (head.Status, head["Content-Length"]));
        Assert.Contains("hit", again.CacheStatus, StringComparison.Ordinal);
        Assert.Equal(stored.Bytes, body.Body);
        Assert.Equal(["HEAD", "GET"], host.Origin.Calls.Select(call => call.Method), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("/files/a//b/../c", "/store/a//b/../c")]
    [InlineData("/files/a+b%20c", "/store/a%2Bb%20c")]
    [InlineData("/files/%C3%BC%25", "/store/%C3%BC%25")]
    [InlineData("/files/a(b)", "/store/a%28b%29")]
    public async Task Keys_ThatAreOdd_NameTheSameObject(string asked, string sent)
    {
        await using var host = await ProxyHost.StartAsync();
        host.Origin.Put(sent, 10, "\"1\"");
        Assert.Equal(200, (await host.GetAsync(asked)).Status);
        var call = Assert.Single(host.Origin.Calls);
        Assert.Equal(sent, call.Target);
        Assert.StartsWith("AWS4-HMAC-SHA256 Credential=AKID/", call["Authorization"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/files/a?versionId=3")]
    [InlineData("/files/a?partNumber=1")]
    [InlineData("/files/a?x=1&acl")]
    public async Task SubResources_AreNotCached(string path)
    {
        await using var host = await ProxyHost.StartAsync();
        host.Origin.Put("/store/a", 10, "\"1\"");
        await host.GetAsync(path);
        Assert.Contains("fwd=bypass", (await host.GetAsync(path)).CacheStatus, StringComparison.Ordinal);
        Assert.Equal(2, host.Origin.Calls.Count);
        Assert.Equal(0, host.Tier.Count);
    }

    [Fact]
    public async Task Refusals_OfTheOrigin_GiveNothingAway()
    {
        await using var host = await ProxyHost.StartAsync();
        host.Origin.Answer = static async http =>
        {
            http.Response.StatusCode = 403;
            await http.Response.WriteAsync("<Error><Code>AccessDenied</Code><HostId>secret</HostId></Error>");
        };
        var denied = await host.GetAsync("/files/a");
        Assert.Equal((404, "application/json"), (denied.Status, denied["Content-Type"]));
        Assert.DoesNotContain("secret", denied.Text, StringComparison.Ordinal);
        Assert.Contains($"\"request_id\":\"{denied["x-request-id"]}\"", denied.Text, StringComparison.Ordinal);
        Assert.Equal(405, (await host.SendAsync("PUT", "/files/a")).Status);
        Assert.Equal(404, (await host.GetAsync("/other")).Status);
    }

    [Fact]
    public async Task Access_IsDecidedBeforeTheCache()
    {
        await using var host = await ProxyHost.StartAsync(static host => host.S3(static bucket => bucket with
        {
            Access = new TokenRule(),
            HiddenParameters = ["token"],
        }));
        host.Origin.Put("/store/a", 10, "\"1\"");
        Assert.Equal(200, (await host.GetAsync("/files/a?token=good")).Status);
        Assert.Equal(401, (await host.GetAsync("/files/a")).Status);
        Assert.Equal(403, (await host.GetAsync("/files/a?token=bad")).Status);
        Assert.Equal("/store/a", Assert.Single(host.Origin.Calls).Target);
    }

    [Fact]
    public async Task Purge_OfAKey_FetchesAnew_AndSoftlyValidates()
    {
        await using var host = await ProxyHost.StartAsync();
        host.Origin.Put("/store/a", 100_000, "\"1\"");
        await host.GetAsync("/files/a");
        await host.SettleAsync();
        var key = new ResourceKey("files", "/a");
        Assert.True(await host.Door.PurgeAsync(key, isSoft: true, CancellationToken.None));
        Assert.Contains("fwd-status=304", (await host.GetAsync("/files/a")).CacheStatus, StringComparison.Ordinal);
        Assert.True(await host.Door.PurgeAsync(key, isSoft: false, CancellationToken.None));
        await host.SettleAsync();
        Assert.Equal(0, host.Tier.Count);
        Assert.Contains("fwd=uri-miss", (await host.GetAsync("/files/a")).CacheStatus, StringComparison.Ordinal);
        Assert.False(await host.Door.PurgeAsync(key with { Target = "/b" }, isSoft: false, CancellationToken.None));
    }

    [Fact]
    public async Task Reload_OfTheSettings_TakesEffectWithTheNextRequest()
    {
        await using var host = await ProxyHost.StartAsync();
        host.Origin.Put("/store/a", 10, "\"1\"");
        await host.GetAsync("/files/a");
        var origin = host.Door.Buckets[0].Origin;
        var same = host.Options.Buckets[0].Origin;
        host.Door.Reload(host.S3(bucket => bucket with { PathPrefix = "/new", Origin = same }));
        Assert.Equal(404, (await host.GetAsync("/files/a")).Status);
        Assert.Contains("hit", (await host.GetAsync("/new/a")).CacheStatus, StringComparison.Ordinal);
        Assert.Same(origin, host.Door.Buckets[0].Origin);
    }

    private static async Task<bool> ReadsAsync(ProxyHost host, byte[] expected)
    {
        await using var body = await host.Client.GetStreamAsync(new Uri("/files/big", UriKind.Relative));
        var buffer = new byte[64 * 1024];
        var offset = 0;
        while (await body.ReadAsync(buffer) is > 0 and var count)
        {
            if (!expected.AsSpan(offset, count).SequenceEqual(buffer.AsSpan(0, count)))
            {
                return false;
            }

            offset += count;
        }

        return offset == expected.Length;
    }

    private sealed class TokenRule : IAccessRule
    {
        public ValueTask<AccessDecision> DecideAsync(HttpContext context, CancellationToken cancellationToken) =>
            ValueTask.FromResult(new AccessDecision(context.Request.Query["token"].ToString() switch
            {
                "good" => AccessVerdict.Allowed,
                "" => AccessVerdict.Unauthenticated,
                _ => AccessVerdict.Forbidden,
            }));
    }
}
