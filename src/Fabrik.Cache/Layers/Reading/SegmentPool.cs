using System.Buffers;

namespace Fabrik.Cache.Layers.Reading;

/// <summary>
/// Segments of <see cref="Window.SegmentSize"/> for windows and for the pipes behind them. The runtime's own pool keeps
/// 32 of a size for each processor; thirty artifacts of 1 MiB at a time need several hundred, and would make the rest
/// anew for each.
/// </summary>
/// <remarks>
/// It keeps as many as are asked for again: what nobody took for <see cref="TrimInterval"/> is let go, half of it at a
/// time, so that a process that has nothing to do holds nothing here.
/// </remarks>
internal sealed class SegmentPool : MemoryPool<byte>
{
    /// <summary>How often segments that nobody needs are let go.</summary>
    public static readonly TimeSpan TrimInterval = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly Stack<PooledSegment> _free = new();
    private readonly ITimer _timer;
    private readonly int _limit;

    // The fewest that were free since the last trim: so many nobody needed.
    private int _unused;
    private bool _isTrimming;
    private bool _isDisposed;

    /// <summary>A pool that holds nothing yet.</summary>
    /// <param name="limit">Bytes that are kept for later at most.</param>
    /// <param name="time">The clock.</param>
    public SegmentPool(long limit, TimeProvider time)
    {
        _limit = (int)Math.Min(int.MaxValue, limit / Window.SegmentSize);
        _timer = time.CreateTimer(
            static pool => ((SegmentPool)pool!).Trim(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public override int MaxBufferSize => Window.SegmentSize;

    /// <summary>Segments that are kept for later.</summary>
    public int Free
    {
        get
        {
            lock (_lock)
            {
                return _free.Count;
            }
        }
    }

    /// <summary>A segment; its content is whatever was there before.</summary>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, MaxBufferSize);
        lock (_lock)
        {
            if (_free.TryPop(out var segment))
            {
                _unused = Math.Min(_unused, _free.Count);
                return segment;
            }
        }

        return new PooledSegment(this);
    }

    protected override void Dispose(bool disposing)
    {
        lock (_lock)
        {
            _isDisposed = true;
            _free.Clear();
        }

        _timer.Dispose();
    }

    private void Return(PooledSegment segment)
    {
        lock (_lock)
        {
            if (_isDisposed || _free.Count >= _limit)
            {
                return;
            }

            _free.Push(segment);
            if (!_isTrimming)
            {
                _isTrimming = true;
                _unused = 0;
                _timer.Change(TrimInterval, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Trim()
    {
        lock (_lock)
        {
            for (var drop = (_unused + 1) / 2; drop > 0; drop--)
            {
                _free.Pop();
            }

            _unused = _free.Count;
            _isTrimming = _unused > 0 && !_isDisposed;
            if (_isTrimming)
            {
                _timer.Change(TrimInterval, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private sealed class PooledSegment(SegmentPool pool) : IMemoryOwner<byte>
    {
        private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(Window.SegmentSize);

        public Memory<byte> Memory => _bytes;

        public void Dispose() => pool.Return(this);
    }
}
