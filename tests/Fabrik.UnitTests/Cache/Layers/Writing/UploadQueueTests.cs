using Fabrik.Cache;
using Fabrik.Cache.Layers;
using Fabrik.Cache.Layers.Writing;
using Fabrik.Testing;
using Xunit;
using static Fabrik.UnitTests.Cache.Layers.Writing.QueueFixture;

namespace Fabrik.UnitTests.Cache.Layers.Writing;

public sealed class UploadQueueTests
{
    [Fact]
    public async Task Order_OfAPut_BringsBytesAndFactsUpstream()
    {
        await using var fixture = await OpenAsync();
        var bytes = await fixture.WriteAsync("a");

        await fixture.EmptiesAsync();

        var entry = fixture.Upstream.Inner.Find(Id("a"));
        Assert.NotNull(entry);
        Assert.Equal(bytes, entry.Bytes);
        Assert.Equal("a", entry.Info.Metadata.Key);
        var options = fixture.Upstream.LastPut!;
        Assert.Equal(
            (100L, entry.Info.Digest, false), (options.ExpectedSize, options.ExpectedDigest, options.Overwrite));
        var statistics = fixture.Statistics;
        Assert.Equal((1L, 100L, 0L), (statistics.Uploaded, statistics.UploadedBytes, statistics.Depth));
    }

    [Fact]
    public async Task Orders_OfWhatIsThere_AreSkippedAfterOneQuestion()
    {
        await using var fixture = await OpenAsync();
        fixture.Upstream.Inner.Fault.Contains = CacheErrorKind.Unavailable;
        for (var i = 0; i < 100; i++)
        {
            await fixture.WriteAsync($"{i}");
            await using var artifact = (await fixture.Local.GetAsync(Id($"{i}"), default)).Value!;
            fixture.Upstream.Inner.Set(Id($"{i}"), new byte[1], artifact.Info.Metadata);
        }

        await fixture.UntilAsync(() => fixture.Statistics.FailedTries > 0);
        fixture.Upstream.Inner.Fault.Contains = null;
        await fixture.EmptiesAsync();

        Assert.Equal(100, fixture.Statistics.AlreadyThere);
        Assert.Equal(0, fixture.Upstream.Inner.Puts);
        Assert.InRange(fixture.Upstream.Checks.Count, 2, 6);
    }

    [Fact]
    public async Task Replacement_OfWhatIsThere_TakesItsPlace()
    {
        await using var fixture = await OpenAsync();
        await fixture.WriteAsync("a", seed: 1);
        await fixture.EmptiesAsync();
        var bytes = await fixture.WriteAsync("a", seed: 2, operation: UploadOperation.Replace);

        await fixture.EmptiesAsync();

        Assert.Equal(bytes, fixture.Upstream.Inner.Find(Id("a"))!.Bytes);
        await fixture.Uploads.EnqueueAsync(Order("a", UploadOperation.Replace), default);
        await fixture.EmptiesAsync();
        Assert.Equal((2L, 1L), (fixture.Statistics.Uploaded, fixture.Statistics.AlreadyThere));
        Assert.Equal(2, fixture.Upstream.Inner.Puts);
    }

    [Fact]
    public async Task Put_AfterADeletionThatWaits_DoesNotMeetWhatWasDeleted()
    {
        await using var fixture = await OpenAsync();
        await fixture.WriteAsync("a", seed: 1);
        await fixture.EmptiesAsync();
        fixture.Upstream.Inner.Fault.SetAll(CacheErrorKind.Unavailable);

        await fixture.Uploads.EnqueueAsync(Order("a", UploadOperation.Delete), default);
        Assert.True(await fixture.Uploads.IsDeletingAsync(Id("a"), default));
        Assert.False(await fixture.Uploads.IsDeletingAsync(Id("b"), default));
        var bytes = await fixture.WriteAsync("a", seed: 2);
        Assert.False(await fixture.Uploads.IsDeletingAsync(Id("a"), default));
        fixture.Upstream.Inner.Fault.SetAll(null);
        await fixture.EmptiesAsync();

        Assert.Equal(bytes, fixture.Upstream.Inner.Find(Id("a"))!.Bytes);
    }

    [Fact]
    public async Task Deletion_OfAnArtifact_ReachesUpstreamsThatAreNotPermanent()
    {
        await using var fixture = await OpenAsync();
        SpyTier permanent = new(new MemoryTier());
        await fixture.OpenWithAsync(
        [
            new Upstream(fixture.Upstream, new UpstreamOptions { Name = "up" }),
            new Upstream(permanent, new UpstreamOptions { Name = "archive", Permanent = true }),
            new Upstream(new SpyTier(new MemoryTier()), new UpstreamOptions { Name = "read", ReadOnly = true }),
        ]);
        await fixture.WriteAsync("a");
        await fixture.EmptiesAsync();
        await fixture.Uploads.EnqueueAsync(Order("a", UploadOperation.Delete), default);
        await fixture.EmptiesAsync();

        Assert.Null(fixture.Upstream.Inner.Find(Id("a")));
        Assert.NotNull(permanent.Inner.Find(Id("a")));
        Assert.Equal(
            [("up", 1L), ("archive", 0L)],
            fixture.Queue.Statistics.Select(upstream => (upstream.Upstream, upstream.Deleted)));
    }

    [Fact]
    public async Task Orders_OfTenants_GoToTheirOwnViews()
    {
        await using var fixture = await OpenAsync();
        foreach (var tenant in new[] { "one", "two" })
        {
            fixture.Store(tenant);
            await fixture.Uploads.EnqueueAsync(Order(tenant) with { Tenant = tenant }, default);
        }

        await fixture.EmptiesAsync();

        Assert.NotNull(fixture.Upstream.View("one").Inner.Find(Id("one")));
        Assert.NotNull(fixture.Upstream.View("two").Inner.Find(Id("two")));
        Assert.Equal(0, fixture.Upstream.Inner.Count);
    }

    [Fact]
    public async Task Orders_ForOneArtifact_CoalesceWhileTheyWait()
    {
        await using var fixture = await OpenAsync();
        fixture.Upstream.Inner.Fault.SetAll(CacheErrorKind.Unavailable);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => fixture.WriteAsync("a", size: 100 + i)));

        Assert.Equal(1, fixture.Statistics.Depth);
        Assert.InRange(fixture.Statistics.WaitingBytes, 100, 149);
        fixture.Upstream.Inner.Fault.SetAll(null);
        await fixture.EmptiesAsync();

        Assert.Equal(1, fixture.Upstream.Inner.Puts);
    }

    [Fact]
    public async Task Orders_AboveTheLimit_AreDroppedCountedAndLoggedOnce()
    {
        await using var fixture = await OpenAsync(options => options with { QueueLimit = 10 });
        fixture.Upstream.Inner.Fault.SetAll(CacheErrorKind.Unavailable);
        for (var i = 0; i < 30; i++)
        {
            await fixture.WriteAsync($"{i}");
        }

        // The place of an order that waits is free for a newer one.
        await fixture.WriteAsync("3");

        Assert.Equal(10, fixture.Statistics.Depth);
        Assert.Contains(new("full", 20), fixture.Statistics.Dropped);
        Assert.Single(fixture.Logs.Lines, line => line.Text.Contains("queue is full", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Order_OfWhatIsGone_IsLost()
    {
        await using var fixture = await OpenAsync();
        await fixture.Uploads.EnqueueAsync(Order("nothing"), default);

        await fixture.EmptiesAsync();

        Assert.Equal(1, fixture.Statistics.Lost);
    }

    [Fact]
    public async Task Order_OfADamagedArtifact_IsDroppedAndLogged()
    {
        await using var fixture = await OpenAsync();
        fixture.Local.Form = ArtifactForm.Copied;
        fixture.Local.DamagedAfter = 2000;
        await fixture.WriteAsync("a", size: 10_000);

        await fixture.EmptiesAsync();

        Assert.Contains(new("damaged", 1), fixture.Statistics.Dropped);
        Assert.Null(fixture.Upstream.Inner.Find(Id("a")));
        Assert.Contains(fixture.Logs.Lines, line => line.Text.Contains("injected damage", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Order_OfALargeArtifact_StreamsIt()
    {
        await using var fixture = await OpenAsync();
        fixture.Local.Form = ArtifactForm.Copied;
        var bytes = await fixture.WriteAsync("a", size: 3_000_000);

        await fixture.EmptiesAsync();

        Assert.Equal(bytes, fixture.Upstream.Inner.Find(Id("a"))!.Bytes);
    }

    [Theory]
    [InlineData(CacheErrorKind.TooLarge, "refused")]
    [InlineData(CacheErrorKind.InvalidRequest, "refused")]
    [InlineData(CacheErrorKind.DigestMismatch, "damaged")]
    public async Task Order_ThatNoTryWillHelp_Ends(CacheErrorKind kind, string reason)
    {
        await using var fixture = await OpenAsync();
        fixture.Upstream.Inner.Fault.Put = kind;
        await fixture.WriteAsync("a");

        await fixture.EmptiesAsync();

        Assert.Contains(new(reason, 1), fixture.Statistics.Dropped);
        Assert.Equal(1, fixture.Upstream.Inner.Puts);
    }

    [Fact]
    public async Task Order_WhoseArtifactIsOtherwiseUpstream_IsKeptThere()
    {
        await using var fixture = await OpenAsync();
        fixture.Upstream.Inner.Fault.Contains = CacheErrorKind.Io;
        fixture.Upstream.Inner.Set(Id("a"), [1], fixture.Local.Find(Id("a"))?.Info.Metadata ?? new() { Tool = "x" });
        await fixture.WriteAsync("a");

        await fixture.EmptiesAsync();

        Assert.Equal(1, fixture.Statistics.Kept);
    }

    [Fact]
    public async Task Order_ThatWaitsTooLong_IsDropped()
    {
        await using var fixture = await OpenAsync(options => options with { QueueMaxAge = TimeSpan.FromHours(1) });
        fixture.Upstream.Inner.Fault.SetAll(CacheErrorKind.Unavailable);
        await fixture.WriteAsync("a");
        await fixture.UntilAsync(() => fixture.Statistics.OldestAge > TimeSpan.FromMinutes(30));
        await fixture.EmptiesAsync();

        Assert.Contains(new("age", 1), fixture.Statistics.Dropped);
        Assert.Equal(0, fixture.Upstream.Inner.Count);
    }

    [Fact]
    public async Task Hold_WhileTheUpstreamFails_PromisesUpToTheLimit()
    {
        await using var fixture = new QueueFixture { Settings = new UploadOptions { HoldLimit = 250 } };
        SpyTier local = new(fixture.Local);
        await fixture.ReopenAsync();
        await fixture.Queue.DisposeAsync();
        await using var queue = UploadQueue.Open(
            new UploadQueueOptions
            {
                Directory = fixture.Folder,
                Local = local,
                Upstreams = [new Upstream(fixture.Upstream, new UpstreamOptions { Name = "up" })],
                HoldLimit = 250,
            },
            fixture.Clock,
            fixture.Logs,
            new Random(1));
        IUploads uploads = queue;
        fixture.Upstream.Inner.Fault.SetAll(CacheErrorKind.Unavailable);
        fixture.Store("first");
        await uploads.EnqueueAsync(Order("first") with { Size = 100 }, default);
        await fixture.UntilAsync(() => queue.Statistics[0].IsPaused);
        for (var i = 0; i < 5; i++)
        {
            await uploads.EnqueueAsync(Order($"{i}") with { Size = 100 }, default);
        }

        Assert.Equal([1, 1], local.Checks);
    }
}
