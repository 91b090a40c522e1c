using Fabrik.Cache;
using Fabrik.Proxies.Storage;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.ProtocolTests.Proxies;

/// <summary>What is damaged, absent, or in use without the store knowing it.</summary>
public sealed class ProxyFaultTests
{
    [Fact]
    public async Task Slice_FoundDamagedWhileItIsCopied_IsFetchedAgain()
    {
        await using var host = await ProxyHost.StartAsync();
        var body = host.Origin.Put("/store/a", 100_000, "\"1\"").Bytes;
        await host.GetAsync("/files/a");
        await host.SettleAsync();
        host.Tier.Form = ArtifactForm.Copied;
        host.Tier.DamagedAfter = 60_000;
        Assert.Equal(body, (await host.GetAsync("/files/a")).Body);
        Assert.Equal("bytes=0-65535", host.Origin.Calls.Last()["Range"]);
    }

    [Fact]
    public async Task Absence_IsAskedForOnce_WithinItsTime()
    {
        await using var host = await ProxyHost.StartAsync(static host => host.S3(static bucket => bucket with
        {
            Cache = bucket.Cache with { NegativeLifetime = TimeSpan.FromSeconds(5) },
        }));
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => host.GetAsync("/files/a")));
        Assert.All(answers, static answer => Assert.Equal(404, answer.Status));
        Assert.Single(host.Origin.Calls);
        var body = host.Origin.Put("/store/a", 100, "\"1\"").Bytes;
        Assert.Equal(404, (await host.GetAsync("/files/a")).Status);
        host.Clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(body, (await host.GetAsync("/files/a")).Body);
    }

    [Fact]
    public async Task Absence_IsForgottenByAPurge()
    {
        await using var host = await ProxyHost.StartAsync(static host => host.S3(static bucket => bucket with
        {
            Cache = bucket.Cache with { NegativeLifetime = TimeSpan.FromHours(1) },
        }));
        Assert.Equal(404, (await host.GetAsync("/files/a")).Status);
        var body = host.Origin.Put("/store/a", 100, "\"1\"").Bytes;
        await host.Door.PurgeAsync(new ResourceKey("files", "/a"), isSoft: false, CancellationToken.None);
        Assert.Equal(body, (await host.GetAsync("/files/a")).Body);
    }

    [Fact]
    public async Task Absence_IsNotRemembered_UnlessARuleSaysSo()
    {
        await using var host = await ProxyHost.StartAsync();
        Assert.Equal(404, (await host.GetAsync("/files/a")).Status);
        var body = host.Origin.Put("/store/a", 100, "\"1\"").Bytes;
        Assert.Equal(body, (await host.GetAsync("/files/a")).Body);
    }

    [Fact]
    public async Task Head_ThatIsReadFromMemory_IsWrittenAgain_WhenTheStoreHasEvictedIt()
    {
        await using var host = await ProxyHost.StartAsync();
        host.Origin.Put("/store/a", 100, "\"1\"");
        await host.GetAsync("/files/a");
        await host.SettleAsync();
        var id = new ResourceKey("files", "/a").HeadId();
        await host.Tier.DeleteAsync(id, TestContext.Current.CancellationToken);
        await host.GetAsync("/files/a");
        await Wait.UntilAsync(() => host.Tier.Find(id) is not null);
    }

    [Fact]
    public async Task Body_ThatTheStoreDoesNotTake_AndThatCannotBeAskedForInParts_ReachesItsClient()
    {
        await using var host = await ProxyHost.StartAsync();
        var body = new byte[20 * ProxyHost.SliceSize];
        new Random(5).NextBytes(body);
        host.Origin.Answer = http =>
        {
            http.Response.ContentLength = body.Length;
            return http.Response.Body.WriteAsync(body, http.RequestAborted).AsTask();
        };
        host.Tier.Fault.Put = CacheErrorKind.StorageFull;
        Assert.Equal(body, (await host.GetAsync("/files/a")).Body);
    }

    [Fact]
    public async Task Parts_OfABodyThatIsGone_AreFetchedAnew()
    {
        await using var host = await ProxyHost.StartAsync();
        host.Origin.Put("/store/a", 300_000, "\"1\"");
        await host.GetAsync("/files/a", ("Range", "bytes=0-9"));
        await host.SettleAsync();
        var changed = host.Origin.Put("/store/a", 300_000, "\"2\"");
        var answer = await host.GetAsync("/files/a", ("Range", "bytes=200000-200009,100000-100009"));
        Assert.Equal(206, answer.Status);
        Assert.Contains("\"2\"", answer["ETag"], StringComparison.Ordinal);
        Assert.True(answer.Body.AsSpan().IndexOf(changed.Bytes.AsSpan(100_000, 10)) > 0);
    }
}
