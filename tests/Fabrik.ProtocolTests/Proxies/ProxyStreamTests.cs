using Fabrik.Testing;
using Xunit;

namespace Fabrik.ProtocolTests.Proxies;

/// <summary>Bodies on their way, and time that passes: who leaves, what changes, what breaks.</summary>
public sealed class ProxyStreamTests
{
    private static readonly Uri Path = new("/files/a", UriKind.Relative);

    [Fact]
    public async Task Client_ThatLeaves_EndsTheFetch()
    {
        await using var host = await ProxyHost.StartAsync();
        host.Origin.Put("/store/a", 4 * 1024 * 1024, "\"1\"");
        var gate = new TaskCompletionSource();
        host.Origin.Before = (offset, token) => offset < 200_000 ? Task.CompletedTask : gate.Task.WaitAsync(token);
        using (await host.Client.GetAsync(Path, HttpCompletionOption.ResponseHeadersRead))
        {
            Assert.Equal(0, host.Origin.Left);
        }

        await Wait.UntilAsync(() => host.Origin.Left == 1);
        await host.SettleAsync();
    }

    [Fact]
    public async Task Client_ThatLeaves_DoesNotEndTheFetchOfOthers()
    {
        await using var host = await ProxyHost.StartAsync();
        var stored = host.Origin.Put("/store/a", 4 * 1024 * 1024, "\"1\"");
        var gate = new TaskCompletionSource();
        host.Origin.Before = (offset, token) => offset < 200_000 ? Task.CompletedTask : gate.Task.WaitAsync(token);
        var response = await host.Client.GetAsync(Path, HttpCompletionOption.ResponseHeadersRead);
        var other = host.GetAsync("/files/a");
        await Wait.UntilAsync(() => host.Door.Counters.Joined > 1);
        response.Dispose();
        gate.SetResult();
        Assert.Equal(stored.Bytes, (await other).Body);
        Assert.Single(host.Origin.Calls);
    }

    [Fact]
    public async Task Object_ThatChangesInTheMiddle_IsNeverMixed()
    {
        await using var host = await ProxyHost.StartAsync();
        host.Origin.Put("/store/a", 1_000_000, "\"1\"");
        await host.GetAsync("/files/a", ("Range", "bytes=0-99"));
        await host.SettleAsync();
        var changed = host.Origin.Put("/store/a", 1_000_000, "\"2\"");
        await Assert.ThrowsAnyAsync<Exception>(() => host.GetAsync("/files/a"));
        Assert.Equal(changed.Bytes, (await host.GetAsync("/files/a")).Body);
    }

    [Fact]
    public async Task Origin_ThatBreaksOff_IsAskedForTheRest()
    {
        await using var host = await ProxyHost.StartAsync();
        var stored = host.Origin.Put("/store/a", 1_000_000, "\"1\"");
        host.Origin.Answer = http =>
        {
            host.Origin.Before = host.Origin.Calls.Count > 1 ? null : (offset, _) =>
            {
                if (offset > 500_000)
                {
                    http.Abort();
                }

                return Task.CompletedTask;
            };
            return host.Origin.ServeAsync(http);
        };
        Assert.Equal(stored.Bytes, (await host.GetAsync("/files/a")).Body);
        Assert.Equal(2, host.Origin.Calls.Count);
    }

    [Fact]
    public async Task Head_AndSlices_AreEntriesOfTheStore()
    {
        await using var host = await ProxyHost.StartAsync();
        host.Origin.Put("/store/a", 300_000, "\"1\"");
        await host.GetAsync("/files/a");
        await host.SettleAsync();
        Assert.Equal(1 + 5, host.Tier.Count);
        var head = host.Tier.Find(new Fabrik.Proxies.Storage.ResourceKey("files", "/a").HeadId());
        Assert.Equal(("s3-proxy/files", "/a"), (head!.Info.Metadata.Listing, head.Info.Metadata.Key));
    }

    [Fact]
    public async Task Stale_ThatStillHolds_IsConfirmedNotFetched()
    {
        await using var host = await ProxyHost.StartAsync();
        var stored = host.Origin.Put("/store/a", 1000, "\"1\"");
        await host.GetAsync("/files/a");
        await host.SettleAsync();
        host.Clock.Advance(TimeSpan.FromHours(2));
        var confirmed = await host.GetAsync("/files/a");
        var hit = await host.GetAsync("/files/a");
        Assert.Equal(stored.Bytes, confirmed.Body);
        Assert.Contains("fwd=stale; fwd-status=304", confirmed.CacheStatus, StringComparison.Ordinal);
        Assert.Contains("; hit", hit.CacheStatus, StringComparison.Ordinal);
        Assert.Equal(2, host.Origin.Calls.Count);
    }

    [Fact]
    public async Task Stale_ThatHasChanged_IsReplaced()
    {
        await using var host = await ProxyHost.StartAsync();
        host.Origin.Put("/store/a", 1000, "\"1\"");
        await host.GetAsync("/files/a");
        host.Clock.Advance(TimeSpan.FromHours(2));
        var changed = host.Origin.Put("/store/a", 2000, "\"2\"");
        Assert.Equal(changed.Bytes, (await host.GetAsync("/files/a")).Body);
        Assert.Equal(changed.Bytes, (await host.GetAsync("/files/a")).Body);
    }

    [Fact]
    public async Task Origin_ThatFails_IsStoodInForByWhatIsStale()
    {
        await using var host = await ProxyHost.StartAsync();
        var stored = host.Origin.Put("/store/a", 1000, "\"1\"");
        await host.GetAsync("/files/a");
        host.Clock.Advance(TimeSpan.FromMinutes(90));
        host.Origin.Answer = static http =>
        {
            http.Response.StatusCode = 503;
            return Task.CompletedTask;
        };
        var stale = await host.GetAsync("/files/a");
        Assert.Equal(stored.Bytes, stale.Body);
        Assert.Contains("fwd=stale; fwd-status=503", stale.CacheStatus, StringComparison.Ordinal);
        host.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(502, (await host.GetAsync("/files/a")).Status);
    }
}
