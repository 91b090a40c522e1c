namespace Fabrik.Cache.Layers.Reading;

/// <summary>
/// The last bytes of an artifact on its way from an upstream, for those who read it meanwhile. One transfer writes it;
/// readers copy out of it, at their own pace.
/// </summary>
/// <remarks>
/// <para>
/// While the local tier takes the artifact, the window goes on with the transfer, and a reader that it has passed waits
/// until the artifact is stored. When the local tier does not take it, the window is paced: it waits for its readers.
/// </para>
/// <para>
/// Of what a reader asked for, the last <see cref="HoldBack"/> bytes are kept back until the artifact's digest has been
/// seen to be right: so nobody gets all of a wrong one. Bytes are copied under the lock, a segment at most at a time,
/// and segments are released under it: none is while a reader copies.
/// </para>
/// </remarks>
internal sealed class Window(WindowMemory memory)
{
    /// <summary>Bytes of a segment: what one read of a socket brings at most.</summary>
    public const int SegmentSize = 64 * 1024;

    /// <summary>Bytes of a segment at least, where the artifact is smaller than a usual one.</summary>
    public const int MinSegmentSize = 4 * 1024;

    /// <summary>Segments that a window has in any case: one to write, and what is held back.</summary>
    public const int MinSegments = 3;

    /// <summary>Bytes that are served only when the digest is known to be right.</summary>
    public const int HoldBack = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly WindowBuffer _buffer = new(memory);
    private readonly List<WindowSeat> _seats = [];

    // Completes when a reader that the window has passed can know where its bytes are, or that there are none.
    private TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TaskCompletionSource? _grown;
    private TaskCompletionSource? _moved;
    private CacheError? _failure;
    private int _limit = MinSegments;
    private long _size;
    private bool _isVerified;
    private bool _isPaced;
    private bool _isStored;

    /// <summary>Offset behind the last byte that came; only the transfer asks.</summary>
    public long End => _buffer.End;

    /// <summary>Whether every byte that came is still here; only the transfer asks.</summary>
    public bool IsWhole => _buffer.Start == 0;

    /// <summary>Why there is nothing to be read.</summary>
    public CacheError? Failure
    {
        get
        {
            lock (_lock)
            {
                return _failure;
            }
        }
    }

    /// <summary>
    /// Bytes of a segment for an artifact: no more than it has, because the pool keeps few segments of each size.
    /// </summary>
    public static int SegmentSizeFor(long size) => (int)Math.Clamp(size, MinSegmentSize, SegmentSize);

    /// <summary>Takes a seat at the beginning, or none when that is gone for good.</summary>
    public WindowSeat? Join()
    {
        lock (_lock)
        {
            if (_failure is not null || (_isPaced && _buffer.Start > 0))
            {
                return null;
            }

            var seat = new WindowSeat();
            _seats.Add(seat);
            return seat;
        }
    }

    public void Leave(WindowSeat seat)
    {
        TaskCompletionSource? moved;
        lock (_lock)
        {
            _seats.Remove(seat);
            moved = Take(ref _moved);
            if (_seats.Count == 0 && (_isStored || _failure is not null))
            {
                _buffer.Clear(_buffer.End);
            }
        }

        moved?.TrySetResult();
    }

    public void Seek(WindowSeat seat, long offset)
    {
        lock (_lock)
        {
            (seat.Position, seat.IsHeldBack) = (offset, false);
        }
    }

    /// <summary>Copies the reader's next bytes, or says why there are none.</summary>
    /// <param name="seat">The reader.</param>
    /// <param name="end">Where what it asked for ends.</param>
    /// <param name="destination">Where they go.</param>
    public WindowRead Read(WindowSeat seat, long end, Span<byte> destination)
    {
        WindowRead read;
        TaskCompletionSource? moved;
        lock (_lock)
        {
            if (_failure is not null)
            {
                return new WindowRead { Failure = _failure };
            }

            if (seat.Position < _buffer.Start)
            {
                return _isStored ? WindowRead.FromLocal
                    : _isPaced ? new WindowRead { Failure = Overtaken() }
                    : new WindowRead { Change = _settled.Task };
            }

            read = Copy(seat, _isVerified ? end : Math.Min(end - HoldBack, _buffer.End), destination);
            moved = Take(ref _moved);
        }

        moved?.TrySetResult();
        return read;
    }

    /// <summary>Begins anew for another transfer, which no reader has seen anything of yet.</summary>
    /// <param name="size">Bytes that are to come.</param>
    /// <param name="segments">Segments that may be held.</param>
    public void Begin(long size, int segments)
    {
        lock (_lock)
        {
            _buffer.Clear(0);
            _size = size;
            _limit = Math.Max(segments, MinSegments);
            _isPaced = false;
            _settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Memory for the next bytes.</summary>
    public Memory<byte> Reserve(int least)
    {
        lock (_lock)
        {
            var room = _buffer.Room(least);
            if (!room.IsEmpty)
            {
                return room;
            }

            while (_buffer.Count >= _limit && MayDropOldest())
            {
                _buffer.DropOldest();
            }

            var size = Math.Max(least, SegmentSizeFor(_size));
            room = _buffer.Add(size, mayOverdraw: _buffer.Count < MinSegments || !MayDropOldest());
            if (room.IsEmpty)
            {
                _buffer.DropOldest();
                room = _buffer.Add(size, mayOverdraw: true);
            }

            return room;
        }
    }

    /// <summary>Takes the bytes that were written to what was reserved.</summary>
    public ReadOnlyMemory<byte> Commit(int count)
    {
        lock (_lock)
        {
            return _buffer.Commit(count);
        }
    }

    /// <summary>Keeps what came, and trusts the memory that was reserved no more.</summary>
    public void Seal()
    {
        lock (_lock)
        {
            _buffer.Seal();
        }
    }

    /// <summary>Wakes the readers who wait for more.</summary>
    public void Announce()
    {
        TaskCompletionSource? grown;
        lock (_lock)
        {
            grown = Take(ref _grown);
        }

        grown?.TrySetResult();
    }

    /// <summary>From now on the window waits for its readers; there is nowhere else to read from.</summary>
    public void Pace()
    {
        lock (_lock)
        {
            _isPaced = true;
        }

        _settled.TrySetResult();
    }

    /// <summary>
    /// What the transfer has to wait for in a paced window; <see langword="null"/> if it may go on. False when nobody
    /// reads any more.
    /// </summary>
    public bool TryPace(out Task? movement)
    {
        movement = null;
        lock (_lock)
        {
            while (_buffer.Count > Allowed && MayDropOldest())
            {
                _buffer.DropOldest();
            }

            // Who waits for the digest of the whole moves on only when its last bytes have come.
            var isLast = _size - _buffer.End <= HoldBack;
            movement = _buffer.Count > Allowed && !isLast ? Awaited(ref _moved) : null;
            return _seats.Count > 0;
        }
    }

    /// <summary>Drops the oldest bytes from under a reader that has taken none of them for too long.</summary>
    public void CutSlowest()
    {
        lock (_lock)
        {
            if (_buffer.Count > 0)
            {
                _buffer.DropOldest();
            }
        }
    }

    /// <summary>The digest is right: what was held back may be read.</summary>
    public void Verified()
    {
        lock (_lock)
        {
            _isVerified = true;
        }

        Announce();
    }

    /// <summary>Whether readers are left, and what to wait for until that changes.</summary>
    public bool IsRead(out Task movement)
    {
        lock (_lock)
        {
            movement = Awaited(ref _moved);
            return _seats.Count > 0;
        }
    }

    /// <summary>All is here, and stored: readers have what is left of the window, and the local tier.</summary>
    public void Stored()
    {
        lock (_lock)
        {
            _isStored = true;
            if (_seats.Count == 0 || !_buffer.TryChargeAll())
            {
                _buffer.Clear(_buffer.End);
            }

        }

        _settled.TrySetResult();
        Announce();
    }

    /// <summary>Nothing is to be had here: every reader gets the error, unless it has all that it asked for.</summary>
    public void Fail(CacheError error)
    {
        lock (_lock)
        {
            _failure = error;
            _buffer.Clear(_buffer.End);
        }

        _settled.TrySetResult();
        Announce();
    }

    /// <summary>Everything in one array; only when <see cref="IsWhole"/>.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[_buffer.End];
        for (var offset = 0; offset < bytes.Length;)
        {
            offset += _buffer.Copy(offset, bytes.Length, bytes.AsSpan(offset));
        }

        return bytes;
    }

    private int Allowed => _buffer.IsTight ? MinSegments : _limit;

    private bool MayDropOldest()
    {
        if (_buffer.Count == 0)
        {
            return false;
        }

        return !_isPaced || !_seats.Exists(IsWaitedFor);
    }

    /// <summary>
    /// Whether a reader needs the oldest bytes, and will get them. What was asked for a part only is held back until
    /// the whole has been checked, which is further than the window can wait.
    /// </summary>
    private bool IsWaitedFor(WindowSeat seat) =>
        seat.Position >= _buffer.Start && seat.Position < _buffer.OldestEnd
        && !(seat.IsHeldBack && _size - seat.Position > HoldBack);

    private WindowRead Copy(WindowSeat seat, long limit, Span<byte> destination)
    {
        seat.IsHeldBack = seat.Position >= limit && seat.Position < _buffer.End;
        if (seat.Position >= limit)
        {
            return new WindowRead { Change = Awaited(ref _grown) };
        }

        var count = _buffer.Copy(seat.Position, limit, destination);
        seat.Position += count;
        return new WindowRead { Count = count };
    }

    private static CacheError Overtaken() => new(
        CacheErrorKind.Incomplete,
        CacheErrorSource.Upstream,
        "the artifact could not be stored, and went past this reader");

    private static Task Awaited(ref TaskCompletionSource? source) =>
        (source ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    private static TaskCompletionSource? Take(ref TaskCompletionSource? source)
    {
        var taken = source;
        source = null;
        return taken;
    }
}
