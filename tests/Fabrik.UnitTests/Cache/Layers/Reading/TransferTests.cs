using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Layers;
using Fabrik.Cache.Layers.Reading;
using Fabrik.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fabrik.UnitTests.Cache.Layers.Reading;

/// <summary>A transfer, written by hand, that the local tier does not take.</summary>
public sealed class TransferTests : IAsyncDisposable
{
    private const int WindowSize = 4 * Window.SegmentSize;
    private readonly TestClock _clock = new();
    private readonly MemoryTier _local = new();
    private readonly ReadPath _path;
    private readonly Window _window;
    private readonly byte[] _buffer = new byte[Window.SegmentSize];

    public TransferTests()
    {
        LayerOptions options = new() { VerifyFirstLimit = WindowSize, WindowSize = WindowSize };
        _path = new ReadPath([], options, null, new LayerWorld(_clock, NullLogger.Instance));
        _window = new Window(_path.Memory);
        _local.Fault.Put = CacheErrorKind.StorageFull;
    }

    [Fact]
    public async Task Flush_ForAReaderThatTakesNothing_WaitsUntilItIsCutOff()
    {
        var (stalled, fast) = (_window.Join()!, _window.Join()!);
        using var transfer = Begin(100 * Window.SegmentSize);
        for (var i = 0; i < 4; i++)
        {
            Write(transfer);
            Assert.True(await transfer.FlushAsync(default));
            Read(fast);
        }

        Write(transfer);
        var flush = transfer.FlushAsync(default);
        Read(fast);
        Assert.False(flush.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(10));

        Assert.True(await flush);
        Assert.Equal(CacheErrorKind.Incomplete, _window.Read(stalled, transfer.Info.Size, _buffer).Failure?.Kind);
        Write(transfer);
        Assert.True(await transfer.FlushAsync(default));
        Read(fast);
    }

    [Fact]
    public async Task Flush_ForAReaderThatMoves_GoesOn()
    {
        var slow = _window.Join()!;
        using var transfer = Begin(100 * Window.SegmentSize);
        for (var i = 0; i < 4; i++)
        {
            Write(transfer);
            Assert.True(await transfer.FlushAsync(default));
        }

        Write(transfer);
        var flush = transfer.FlushAsync(default);
        Assert.False(flush.IsCompleted);
        Read(slow);

        Assert.True(await flush);
    }

    [Fact]
    public async Task Flush_ForAReaderThatLeaves_IsTheLast()
    {
        var leaving = _window.Join()!;
        using var transfer = Begin(100 * Window.SegmentSize);
        Write(transfer);
        Assert.True(await transfer.FlushAsync(default));
        _window.Leave(leaving);

        Write(transfer);

        Assert.False(await transfer.FlushAsync(default));
        Assert.True(transfer.IsAbandoned);
        _window.Begin(0, 0);
        Assert.Equal(0, _path.Memory.Held);
    }

    [Fact]
    public async Task Drain_OfAReaderThatTakesNothing_EndsAfterAWhile()
    {
        var stalled = _window.Join()!;
        using var transfer = Begin(2 * Window.SegmentSize);
        Write(transfer);
        Write(transfer);
        _window.Verified();
        _window.Pace();

        var drained = transfer.DrainAsync(default);
        Read(stalled);
        Assert.False(drained.IsCompleted);

        await _clock.AdvanceUntilAsync(TimeSpan.FromSeconds(10), drained.AsTask());
    }

    [Fact]
    public async Task LastBytes_OfAFullWindow_AreNotWaitedFor()
    {
        var reader = _window.Join()!;
        using var transfer = Begin(6 * Window.SegmentSize);
        for (var i = 0; i < 4; i++)
        {
            Write(transfer);
            Assert.True(await transfer.FlushAsync(default));
        }

        Read(reader);
        Write(transfer);
        Assert.True(await transfer.FlushAsync(default));
        Write(transfer);
        Assert.True(await transfer.FlushAsync(default));

        Assert.True(transfer.IsWhole);
        Assert.True(transfer.HasRightDigest());
    }

    public ValueTask DisposeAsync() => _path.DisposeAsync();

    private Transfer Begin(int size)
    {
        ArtifactInfo info = new()
        {
            Id = LayerFixture.Id("a"),
            Digest = new ContentDigest(System.Security.Cryptography.SHA256.HashData(new byte[size])),
            Size = size,
            Metadata = new ArtifactMetadata { Tool = "test" },
            CreatedAt = _clock.GetUtcNow(),
        };
        PutOptions options = new() { Metadata = info.Metadata };
        StoreFeed feed = new(size, _path.Memory.Segments);
        feed.Start(_local, info.Id, options);
        return new Transfer(_path, info, _window, feed, () => { });
    }

    private static void Write(Transfer transfer)
    {
        transfer.Reserve(Window.SegmentSize).Span[..Window.SegmentSize].Clear();
        transfer.Take(Window.SegmentSize);
    }

    private void Read(WindowSeat seat) =>
        Assert.Equal(Window.SegmentSize, _window.Read(seat, 100 * Window.SegmentSize, _buffer).Count);
}
