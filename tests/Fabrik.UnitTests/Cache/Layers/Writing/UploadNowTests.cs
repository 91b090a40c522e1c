using Fabrik.Cache;
using Fabrik.Cache.Layers;
using Fabrik.Cache.Layers.Writing;
using Xunit;
using static Fabrik.UnitTests.Cache.Layers.Writing.QueueFixture;

namespace Fabrik.UnitTests.Cache.Layers.Writing;

/// <summary>Uploads that the writer waits for.</summary>
public sealed class UploadNowTests
{
    private static Task<QueueFixture> OpenSyncAsync(int limit = 100) => OpenAsync(
        options => options with { WriteThrough = WriteThrough.Sync, QueueLimit = limit });

    [Fact]
    public async Task Upload_ThatSucceeds_IsThereWhenItReturns()
    {
        await using var fixture = await OpenSyncAsync();
        fixture.Store("a");
        await fixture.Uploads.UploadNowAsync(Order("a"), default);

        Assert.NotNull(fixture.Upstream.Inner.Find(Id("a")));
        Assert.Equal((1L, 0L), (fixture.Statistics.Uploaded, fixture.Statistics.Depth));
        await fixture.WriteAsync("b");
        Assert.Equal(0, fixture.Statistics.Depth);
    }

    [Fact]
    public async Task Upload_ThatFails_GoesOnInTheQueue()
    {
        await using var fixture = await OpenSyncAsync();
        fixture.Upstream.Inner.Fault.SetAll(CacheErrorKind.Timeout);
        fixture.Store("a");
        await fixture.Uploads.UploadNowAsync(Order("a"), default);
        Assert.Equal((1L, 1L), (fixture.Statistics.FailedTries, fixture.Statistics.Depth));

        // While it is paused nobody waits for it.
        var calls = fixture.Upstream.Calls;
        fixture.Store("b");
        await fixture.Uploads.UploadNowAsync(Order("b"), default);
        Assert.Equal(calls, fixture.Upstream.Calls);

        fixture.Upstream.Inner.Fault.SetAll(null);
        await fixture.EmptiesAsync();
        Assert.Equal(2, fixture.Upstream.Inner.Count);
    }

    [Fact]
    public async Task Upload_OfWhatAWorkerHas_WaitsForItsTurn()
    {
        await using var fixture = await OpenSyncAsync();
        TaskCompletionSource release = new();
        fixture.Upstream.Before = (_, token) => release.Task.WaitAsync(token);
        var old = fixture.Store("a", seed: 1);
        var first = fixture.Uploads.UploadNowAsync(Order("a"), default).AsTask();
        await fixture.UntilAsync(() => fixture.Upstream.MostRunning == 1);
        var bytes = fixture.Store("a", seed: 2);
        var second = fixture.Uploads.UploadNowAsync(Order("a", UploadOperation.Replace), default).AsTask();
        Assert.False(second.IsCompleted);

        release.SetResult();
        await Task.WhenAll(first, second);

        Assert.NotEqual(old, bytes);
        Assert.Equal(bytes, fixture.Upstream.Inner.Find(Id("a"))!.Bytes);
        Assert.False(fixture.Upstream.HasOverlapped);
        Assert.Equal(0, fixture.Statistics.Depth);
    }

    [Fact]
    public async Task Upload_WhoseCallerLeaves_GoesOnInTheQueue()
    {
        await using var fixture = await OpenSyncAsync();
        fixture.Upstream.Before = (_, token) => Task.Delay(Timeout.Infinite, token);
        fixture.Store("a");
        using CancellationTokenSource leaving = new();
        var upload = fixture.Uploads.UploadNowAsync(Order("a"), leaving.Token).AsTask();
        await fixture.UntilAsync(() => fixture.Upstream.MostRunning == 1);
        var second = fixture.Uploads.UploadNowAsync(Order("a"), leaving.Token).AsTask();
        fixture.Upstream.Before = null;
        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => upload);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        await fixture.EmptiesAsync();
        Assert.NotNull(fixture.Upstream.Inner.Find(Id("a")));
    }

    [Fact]
    public async Task Upload_ThatTheQueueCannotHold_IsTriedOnce()
    {
        await using var fixture = await OpenSyncAsync(limit: 0);
        fixture.Store("a");
        await fixture.Uploads.UploadNowAsync(Order("a"), default);
        Assert.NotNull(fixture.Upstream.Inner.Find(Id("a")));
        Assert.Contains(new("full", 0), fixture.Statistics.Dropped);

        fixture.Upstream.Inner.Fault.SetAll(CacheErrorKind.Io);
        fixture.Store("b");
        await fixture.Uploads.UploadNowAsync(Order("b"), default);
        Assert.Contains(new("full", 1), fixture.Statistics.Dropped);
    }

    [Fact]
    public async Task Upload_OfWhatWaits_TakesItsPlace()
    {
        await using var fixture = await OpenSyncAsync();
        fixture.Upstream.Inner.Fault.SetAll(CacheErrorKind.Io);
        await fixture.Uploads.UploadNowAsync(Order("a", UploadOperation.Delete), default);
        Assert.Equal(1, fixture.Statistics.Depth);
        fixture.Upstream.Inner.Fault.SetAll(null);
        var bytes = fixture.Store("a");
        await fixture.Uploads.UploadNowAsync(Order("a"), default);

        await fixture.EmptiesAsync();
        Assert.Equal(bytes, fixture.Upstream.Inner.Find(Id("a"))!.Bytes);
        Assert.Equal(1, fixture.Statistics.Uploaded);
    }
}
