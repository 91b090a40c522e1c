using Fabrik.Proxies.Origins;

namespace Fabrik.Proxies.Fetching;

/// <summary>
/// One body on its way from the origin, for however many read it. Streams fill slices in order and store them; readers
/// take a slice from the memory of the stream that has it, or from the store, or wait for the stream that will reach
/// it, or open one where none will.
/// </summary>
/// <remarks>
/// Everything that changes does so under one lock, which nothing awaits in. <see cref="Supply"/> tells readers that
/// streams came further, <see cref="Demand"/> tells streams that readers did.
/// </remarks>
internal sealed class Flight(FlightTarget target, FlightServices services, Action<Flight> retire)
{
    private readonly Lock _lock = new();
    private readonly List<FlightReader> _readers = [];
    private readonly List<SliceStream> _streams = [];
    private long _size = target.Size ?? -1;
    private bool _isRetired;
    private bool _isLost;
    private OriginFault? _fault;

    /// <summary>What is fetched.</summary>
    public FlightTarget Target => target;

    /// <summary>What all flights share.</summary>
    public FlightServices Services => services;

    /// <summary>Is pulsed when a stream began or ended, or came to its next slice.</summary>
    public Signal Supply { get; } = new();

    /// <summary>Is pulsed when a reader joined, came to its next slice or left, and when a slice was stored.</summary>
    public Signal Demand { get; } = new();

    /// <summary>Bytes of the body; null while nobody knows.</summary>
    public long? Size => Volatile.Read(ref _size) is >= 0 and var size ? size : null;

    /// <summary>The slice behind the last; the largest number while nobody knows.</summary>
    public long EndSlice => Size is { } size ? (size + target.SliceSize - 1) / target.SliceSize : long.MaxValue;

    /// <summary>The last thing that went wrong.</summary>
    public OriginFault? Fault => Volatile.Read(ref _fault);

    /// <summary>Bytes of a slice, or the most that it may have.</summary>
    public int SizeOf(long slice) =>
        (int)Math.Min(target.SliceSize, (Size ?? long.MaxValue) - (slice * target.SliceSize));

    /// <summary>
    /// A reader from <paramref name="offset"/> to before <paramref name="end"/>; null when this is over.
    /// </summary>
    public FlightReader? TryJoin(long offset, long end, bool isHold = false)
    {
        var reader = new FlightReader(this, offset, end) { IsHold = isHold };
        lock (_lock)
        {
            if (_isRetired)
            {
                return null;
            }

            _readers.Add(reader);
        }

        // Who has read from the store until here may be ahead of those that a stream waits for.
        Demand.Pulse();
        return reader;
    }

    /// <summary>
    /// Takes the whole body, which is the origin's answer; false when there is no memory for it, and it stays the
    /// caller's.
    /// </summary>
    public bool TryBegin(OriginBody body)
    {
        if (SizeOf(0) == 0)
        {
            return false;
        }

        return TryStart(0, EndSlice, body) is StartOutcome.Started;
    }

    /// <summary>Takes the stream of slices that the origin's answer to a range is.</summary>
    public bool TryBegin(OriginBody body, long first, long end) =>
        TryStart(first, end, body) is StartOutcome.Started;

    /// <summary>Opens a stream for a gap, unless one will come by.</summary>
    public StartOutcome TryStart(long first, long end) =>
        target.IsPinned ? TryStart(first, end, body: null) : StartOutcome.Impossible;

    /// <summary>Says where a slice is, for a reader that has come to it.</summary>
    public Sighting Look(FlightReader reader, long slice, int within)
    {
        var hasMoved = false;
        Sighting seen;
        lock (_lock)
        {
            if (reader.Slice != slice)
            {
                reader.Slice = slice;
                hasMoved = true;
            }

            seen = Find(slice, within);
        }

        if (hasMoved)
        {
            Demand.Pulse();
        }

        return seen;
    }

    /// <summary>A reader is done, or its client has left: streams that nobody needs end.</summary>
    public void Leave(FlightReader reader)
    {
        List<SliceStream> unneeded = [];
        bool isOver;
        lock (_lock)
        {
            _readers.Remove(reader);
            unneeded.AddRange(_streams.Where(IsUnneeded));
            isOver = TryRetire();
        }

        foreach (var stream in unneeded)
        {
            stream.Cancel();
        }

        Demand.Pulse();
        if (isOver)
        {
            retire(this);
        }
    }

    /// <summary>Ends all streams.</summary>
    public Task StopAsync()
    {
        SliceStream[] streams;
        lock (_lock)
        {
            streams = [.. _streams];
        }

        foreach (var stream in streams)
        {
            stream.Cancel();
        }

        return Task.WhenAll(streams.Select(static stream => stream.Completion));
    }

    /// <summary>
    /// Whether a stream may fill its next slice; forgets what only memory had and everybody has read.
    /// </summary>
    public bool MayFill(SliceStream stream, long slice)
    {
        lock (_lock)
        {
            var (slowest, fastest) = ReadersOf(stream);
            Forget(stream, slowest, fastest);
            return stream.Held.Count < FetchLimits.Held
                && (fastest < 0 || slice - fastest <= FetchLimits.Ahead);
        }
    }

    /// <summary>Whether slices of a stream are still being stored, or are in memory only and not read.</summary>
    public bool HasHeld(SliceStream stream)
    {
        lock (_lock)
        {
            var (slowest, fastest) = ReadersOf(stream);
            Forget(stream, slowest, fastest);
            return stream.Held.Count > 0;
        }
    }

    /// <summary>A stream begins to fill a slice.</summary>
    public void Filling(SliceStream stream, SliceBuffer buffer)
    {
        lock (_lock)
        {
            stream.Held.Add(buffer);
            stream.Position = buffer.Index;
        }

        services.Counters.SliceHeld(1);
        Supply.Pulse();
    }

    /// <summary>A slice is full.</summary>
    public void Filled(SliceStream stream, SliceBuffer buffer)
    {
        lock (_lock)
        {
            stream.Position = buffer.Index + 1;
        }

        buffer.Grown.Pulse();
        Supply.Pulse();
    }

    /// <summary>The end of a body of unknown size was reached.</summary>
    public void Ends(SliceStream stream, long size)
    {
        lock (_lock)
        {
            Volatile.Write(ref _size, size);
            stream.End = EndSlice;
        }
    }

    /// <summary>A slice was stored, or was not taken.</summary>
    public void Stored(SliceStream stream, SliceBuffer buffer, bool taken)
    {
        services.Counters.Stored(taken);
        if (taken)
        {
            Drop(stream, buffer);
        }
        else
        {
            lock (_lock)
            {
                buffer.IsUnstored = true;
            }

            Lose(null);
        }

        Demand.Pulse();
    }

    /// <summary>A slice in memory is not needed any more, or will never be full.</summary>
    public void Drop(SliceStream stream, SliceBuffer buffer)
    {
        bool wasHeld;
        lock (_lock)
        {
            wasHeld = stream.Held.Remove(buffer);
        }

        if (wasHeld)
        {
            LetGo(buffer);
        }

        buffer.Grown.Pulse();
    }

    /// <summary>A stream has ended; with a fault, before its time.</summary>
    public void Ended(SliceStream stream, OriginFault? fault, bool isWhole)
    {
        bool isOver;
        lock (_lock)
        {
            _streams.Remove(stream);
            foreach (var buffer in stream.Held)
            {
                LetGo(buffer);
            }

            stream.Held.Clear();
            isOver = TryRetire();
        }

        if (fault is not null || !isWhole)
        {
            Lose(fault);
        }
        else if (!target.IsPinned && !_isLost && Size is { } size)
        {
            target.Notify(new BodyNews(BodyNewsKind.Whole, size));
        }

        Supply.Pulse();
        if (isOver)
        {
            retire(this);
        }
    }

    private StartOutcome TryStart(long first, long end, OriginBody? body)
    {
        SliceStream stream;
        lock (_lock)
        {
            if (_isRetired || Fault?.Kind == OriginFaultKind.Changed)
            {
                return StartOutcome.Impossible;
            }

            if (body is null && IsComing(first))
            {
                return StartOutcome.Started;
            }

            var size = SizeOf(first);
            if (_streams.Count >= FetchLimits.StreamsOfABody || !services.Budget.TryTake(size))
            {
                return StartOutcome.NoRoom;
            }

            stream = new SliceStream(this, (first, end), new SliceBuffer(services.Budget, first, size));
            _streams.Add(stream);
        }

        services.Counters.StreamOpened();
        stream.Start(body);
        Supply.Pulse();
        return StartOutcome.Started;
    }

    private Sighting Find(long slice, int within)
    {
        foreach (var stream in _streams)
        {
            foreach (var buffer in stream.Held)
            {
                if (buffer.Index != slice)
                {
                    continue;
                }

                var grown = buffer.Grown.Next();
                return buffer.Filled > within && buffer.TryHold()
                    ? new Sighting(SightingKind.Here, buffer, null)
                    : new Sighting(SightingKind.Growing, null, grown);
            }
        }

        return new Sighting(IsComing(slice) ? SightingKind.Coming : SightingKind.Absent, null, null);
    }

    // Without a pin there is one stream, and waiting for it is the only way.
    private bool IsComing(long slice) => _streams.Exists(stream =>
        stream.Position <= slice && slice < stream.End
        && (!target.IsPinned || slice - stream.Position <= FetchLimits.JoinWithin));

    private bool IsOf(SliceStream stream, FlightReader reader) =>
        reader.EndSlice > stream.First
        && reader.Slice < stream.End
        && (!target.IsPinned || reader.Slice - stream.Position <= FetchLimits.JoinWithin);

    private (long Slowest, long Fastest) ReadersOf(SliceStream stream)
    {
        var (slowest, held, fastest) = (long.MaxValue, long.MaxValue, -1L);
        foreach (var reader in _readers)
        {
            if (IsOf(stream, reader))
            {
                slowest = reader.IsHold ? slowest : Math.Min(slowest, reader.Slice);
                held = reader.IsHold ? Math.Min(held, reader.Slice) : held;
                fastest = Math.Max(fastest, reader.Slice);
            }
        }

        // What is held for those to come must not stop those who read: a slice that the store does not take would.
        return (slowest == long.MaxValue ? held : slowest, fastest);
    }

    private bool IsUnneeded(SliceStream stream)
    {
        var (_, fastest) = ReadersOf(stream);
        return fastest < 0
            ? _isLost || stream.End - stream.Position >= FetchLimits.WorthFinishing
            // Whoever would read it is far behind: it can be opened again when they come.
            : target.IsPinned && stream.Position - fastest > 4 * FetchLimits.Ahead;
    }

    private void Forget(SliceStream stream, long slowest, long fastest)
    {
        // A reader that falls behind can fetch a pinned slice again; without a pin this was its only chance.
        var before = fastest < 0 ? long.MaxValue : target.IsPinned ? fastest : slowest;
        for (var i = stream.Held.Count - 1; i >= 0; i--)
        {
            var buffer = stream.Held[i];
            if (buffer.IsUnstored && buffer.Index < before)
            {
                stream.Held.RemoveAt(i);
                LetGo(buffer);
            }
        }
    }

    private void LetGo(SliceBuffer buffer)
    {
        services.Counters.SliceHeld(-1);
        buffer.Release();
        buffer.Grown.Pulse();
    }

    // What went wrong, and what it means for the head.
    private void Lose(OriginFault? fault)
    {
        bool isNews;
        lock (_lock)
        {
            var isChange = fault?.Kind == OriginFaultKind.Changed;
            isNews = isChange ? _fault?.Kind != OriginFaultKind.Changed : !target.IsPinned && !_isLost;
            _isLost |= isNews;
            if (fault is not null && _fault?.Kind != OriginFaultKind.Changed)
            {
                Volatile.Write(ref _fault, fault);
            }
        }

        if (isNews)
        {
            var kind = fault?.Kind == OriginFaultKind.Changed ? BodyNewsKind.Changed : BodyNewsKind.Lost;
            target.Notify(new BodyNews(kind, Fault: fault));
        }
    }

    private bool TryRetire()
    {
        var isOver = !_isRetired && _readers.Count == 0 && _streams.Count == 0;
        _isRetired |= isOver;
        return isOver;
    }
}

/// <summary>What became of the wish for a stream.</summary>
internal enum StartOutcome
{
    /// <summary>One is on its way to the slice.</summary>
    Started,

    /// <summary>Memory or streams are short.</summary>
    NoRoom,

    /// <summary>The body cannot be had any more.</summary>
    Impossible,
}

/// <summary>Where a slice is.</summary>
internal enum SightingKind
{
    /// <summary>More of it is in memory.</summary>
    Here,

    /// <summary>It is being filled.</summary>
    Growing,

    /// <summary>A stream will come to it.</summary>
    Coming,

    /// <summary>No stream has it; the store may.</summary>
    Absent,
}

/// <summary>What a look found.</summary>
/// <param name="Kind">Where the slice is.</param>
/// <param name="Buffer">Its memory, held for the caller.</param>
/// <param name="Grown">Ends when there is more.</param>
internal readonly record struct Sighting(SightingKind Kind, SliceBuffer? Buffer, Task? Grown);
