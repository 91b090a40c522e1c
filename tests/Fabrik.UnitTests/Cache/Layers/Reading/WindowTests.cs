using System.Buffers;
using System.Runtime.InteropServices;
using Fabrik.Cache;
using Fabrik.Cache.Layers.Reading;
using Xunit;

namespace Fabrik.UnitTests.Cache.Layers.Reading;

/// <summary>What a window holds, and what it lets go of.</summary>
public sealed class WindowTests
{
    private const int Size = 10 * Window.SegmentSize;
    private readonly WindowMemory _memory = new(4 * Window.SegmentSize, TimeProvider.System);
    private readonly byte[] _buffer = new byte[Window.SegmentSize];

    [Fact]
    public void Memory_OfATryThatFailed_IsNeverUsedForAnythingElse()
    {
        Window window = new(_memory);
        window.Begin(Size, 8);
        Assert.True(MemoryMarshal.TryGetArray<byte>(window.Reserve(1), out var written));
        window.Commit(10);
        window.Seal();
        Assert.True(MemoryMarshal.TryGetArray<byte>(window.Reserve(1), out var next));
        Assert.NotSame(written.Array, next.Array);

        window.Begin(0, 0);

        var rented = Enumerable.Range(0, 100).Select(_ => ArrayOf(_memory.Segments.Rent())).ToList();
        Assert.Contains(rented, array => ReferenceEquals(array, next.Array));
        Assert.DoesNotContain(rented, array => ReferenceEquals(array, written.Array));
        Assert.Equal(rented.Count, rented.Distinct<object>(ReferenceEqualityComparer.Instance).Count());
        Assert.Equal(0, _memory.Held);
    }

    [Fact]
    public void Segments_AboveTheMemoryOfAllWindows_AreTheLeastThatAWindowNeeds()
    {
        Window first = Filled(8);
        Window second = Filled(8);

        Assert.Equal((4 + Window.MinSegments) * Window.SegmentSize, _memory.Held);
        first.Begin(0, 0);
        Write(second, 2);
        Assert.Equal((2 + Window.MinSegments) * Window.SegmentSize, _memory.Held);
    }

    [Fact]
    public void Reader_OfAStoredWindow_HasItUntilItLeaves()
    {
        Window window = new(_memory);
        var seat = window.Join()!;
        window.Begin(2 * Window.SegmentSize, 8);
        Write(window, 2);
        Assert.Equal(Window.SegmentSize, window.Read(seat, 2 * Window.SegmentSize, _buffer).Count);
        Assert.NotNull(window.Read(seat, 2 * Window.SegmentSize, _buffer).Change);

        window.Verified();
        window.Stored();

        Assert.Equal(Window.SegmentSize, window.Read(seat, 2 * Window.SegmentSize, _buffer).Count);
        Assert.NotEqual(0, _memory.Held);
        window.Leave(seat);
        Assert.Equal(0, _memory.Held);
        var late = window.Join()!;
        Assert.True(window.Read(late, 2 * Window.SegmentSize, _buffer).IsLocal);
    }

    [Fact]
    public void Window_ThatIsStoredWhenMemoryIsScarce_SendsItsReadersToTheLocalTier()
    {
        Window other = Filled(8);
        Window window = new(_memory);
        var seat = window.Join()!;
        window.Begin(2 * Window.SegmentSize, 8);
        Write(window, 2);
        window.Verified();
        window.Stored();

        Assert.True(window.Read(seat, 2 * Window.SegmentSize, _buffer).IsLocal);
        Assert.Equal(4 * Window.SegmentSize, _memory.Held);
        other.Begin(0, 0);
    }

    [Fact]
    public void Window_ThatFailed_CannotBeJoined()
    {
        Window window = new(_memory);
        var seat = window.Join()!;
        window.Fail(CacheError.Internal(CacheErrorKind.Io, "broken"));

        Assert.Null(window.Join());
        Assert.Equal(CacheErrorKind.Io, window.Read(seat, Size, _buffer).Failure?.Kind);
    }

    private static byte[] ArrayOf(IMemoryOwner<byte> owner) =>
        MemoryMarshal.TryGetArray<byte>(owner.Memory, out var array) ? array.Array! : [];

    private Window Filled(int segments)
    {
        Window window = new(_memory);
        window.Begin(Size, segments);
        Write(window, segments);
        return window;
    }

    private static void Write(Window window, int segments)
    {
        for (var i = 0; i < segments; i++)
        {
            window.Reserve(Window.SegmentSize);
            window.Commit(Window.SegmentSize);
        }
    }
}
