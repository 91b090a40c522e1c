using Fabrik.Cache.Layers.Reading;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.UnitTests.Cache.Layers.Reading;

public sealed class SegmentPoolTests : IDisposable
{
    private readonly TestClock _clock = new();
    private readonly SegmentPool _pool;

    public SegmentPoolTests() => _pool = new SegmentPool(10 * Window.SegmentSize, _clock);

    [Fact]
    public void Segment_ThatWasReturned_IsRentedAgain()
    {
        var first = _pool.Rent();
        Assert.Equal(Window.SegmentSize, first.Memory.Length);
        first.Dispose();
        Assert.Same(first, _pool.Rent(100));
        Assert.NotSame(first, _pool.Rent());
    }

    [Fact]
    public void Segments_AboveTheLimit_AreNotKept()
    {
        Fill(11);
        Assert.Equal(10, _pool.Free);
    }

    [Fact]
    public void Segment_LargerThanOne_IsNotToBeHad() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _pool.Rent(Window.SegmentSize + 1));

    [Fact]
    public void Segments_ThatNobodyNeeds_AreLetGo()
    {
        Fill(8);
        _clock.Advance(SegmentPool.TrimInterval);
        Assert.Equal(8, _pool.Free);
        _clock.Advance(SegmentPool.TrimInterval);
        Assert.Equal(4, _pool.Free);
        _clock.Advance(SegmentPool.TrimInterval * 4);
        Assert.Equal((0, 0), (_pool.Free, _clock.Timers));
    }

    [Fact]
    public void Segments_ThatAreUsedNowAndThen_AreKept()
    {
        Fill(8);
        for (var i = 0; i < 20; i++)
        {
            Fill(8);
            _clock.Advance(SegmentPool.TrimInterval);
        }

        Assert.Equal(8, _pool.Free);
    }

    [Fact]
    public void Segment_ReturnedAfterTheEnd_IsNotKept()
    {
        var late = _pool.Rent();
        Fill(3);
        _pool.Dispose();
        late.Dispose();
        Assert.Equal((0, 0), (_pool.Free, _clock.Timers));
    }

    public void Dispose() => _pool.Dispose();

    private void Fill(int count)
    {
        var segments = Enumerable.Range(0, count).Select(_ => _pool.Rent()).ToList();
        segments.ForEach(segment => segment.Dispose());
    }
}
