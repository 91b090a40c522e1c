using System.Buffers;
using Fabrik.Proxies.Origins;

namespace Fabrik.Proxies.Fetching;

/// <summary>
/// Reads a part of a body for one client, piece by piece. Between two pieces it holds no memory, however slow the
/// client is. One call at a time.
/// </summary>
internal sealed class FlightReader : IAsyncDisposable
{
    private readonly Flight _flight;
    private readonly long _end;
    private OriginBody? _direct;
    private byte[]? _directBytes;
    private int _attempts;
    private bool _hasWaited;

    /// <summary>A reader; <see cref="Flight.TryJoin"/> makes them.</summary>
    public FlightReader(Flight flight, long offset, long end)
    {
        _flight = flight;
        _end = end;
        Offset = offset;
        Slice = offset / flight.Target.SliceSize;
    }

    /// <summary>The slice it has come to. Under the flight's lock.</summary>
    public long Slice { get; set; }

    /// <summary>The slice behind the last that it wants.</summary>
    public long EndSlice => End == long.MaxValue
        ? long.MaxValue
        : (End + _flight.Target.SliceSize - 1) / _flight.Target.SliceSize;

    /// <summary>
    /// Whether it only keeps the stream from ending until a client reads: then it holds up nothing that clients have
    /// read. Under the flight's lock.
    /// </summary>
    public bool IsHold { get; set; }

    /// <summary>The next byte.</summary>
    public long Offset { get; private set; }

    /// <summary>Whether it waited for what another's stream brought.</summary>
    public bool HasWaited => _hasWaited;

    /// <summary>Bytes of the whole body, once they are known.</summary>
    public long? Size => _flight.Size;

    private long End => Math.Min(_end, _flight.Size ?? long.MaxValue);

    /// <summary>
    /// The next piece; it begins at <see cref="Offset"/>, which the caller moves by <see cref="Advance"/>.
    /// </summary>
    public async ValueTask<BodyPiece> NextAsync(CancellationToken cancellationToken)
    {
        var sliceSize = _flight.Target.SliceSize;
        while (true)
        {
            if (Offset >= End)
            {
                return BodyPiece.End;
            }

            if (_direct is not null)
            {
                return await ReadDirectAsync(cancellationToken);
            }

            var (slice, within) = (Offset / sliceSize, (int)(Offset % sliceSize));
            var supply = _flight.Supply.Next();
            var seen = _flight.Look(this, slice, within);
            if (seen.Buffer is { } buffer)
            {
                _attempts = 0;
                var bytes = buffer.Bytes[within..];
                var count = Math.Min(Math.Min(bytes.Length, FetchLimits.Piece), End - Offset);
                return BodyPiece.Of(buffer, bytes[..(int)count]);
            }

            if (seen.Kind is SightingKind.Growing or SightingKind.Coming)
            {
                await WaitAsync(seen.Grown ?? supply, cancellationToken);
            }
            else if (await FindStoredAsync(slice, within, cancellationToken) is { } stored)
            {
                _attempts = 0;
                return stored;
            }
            else if (await StartAsync(slice, cancellationToken) is { } fault)
            {
                return BodyPiece.Broken(fault);
            }
        }
    }

    /// <summary>So many bytes were taken.</summary>
    public void Advance(long count) => Offset += count;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _flight.Leave(this);
        if (_direct is not null)
        {
            await _direct.DisposeAsync();
            _direct = null;
        }

        if (_directBytes is not null)
        {
            ArrayPool<byte>.Shared.Return(_directBytes);
            _directBytes = null;
        }
    }

    private async ValueTask WaitAsync(Task change, CancellationToken cancellationToken)
    {
        if (!_hasWaited)
        {
            _hasWaited = true;
            _flight.Services.Counters.ReaderJoined();
        }

        await change.WaitAsync(cancellationToken);
    }

    private async ValueTask<BodyPiece?> FindStoredAsync(long slice, int within, CancellationToken cancellationToken)
    {
        var artifact = await _flight.Services.Slices.FindAsync(_flight.Target.Key, slice, cancellationToken);
        if (artifact is null)
        {
            return null;
        }

        var size = artifact.Info.Size;
        if (size <= within || (_flight.Size is not null && size != _flight.SizeOf(slice)))
        {
            await artifact.DisposeAsync();
            return null;
        }

        return BodyPiece.Of(artifact, within, Math.Min(size - within, End - Offset));
    }

    // Sees to it that a stream comes; else why none can.
    private async ValueTask<OriginFault?> StartAsync(long slice, CancellationToken cancellationToken)
    {
        if (_flight.Fault is { Retryable: false } final)
        {
            return final;
        }

        if (++_attempts > FetchLimits.Attempts)
        {
            return _flight.Fault ?? Gone();
        }

        switch (_flight.TryStart(slice, await EndOfGapAsync(slice, cancellationToken)))
        {
            case StartOutcome.Started:
                return null;
            case StartOutcome.NoRoom:
                _flight.Services.Counters.WentDirect();
                var opened = await _flight.Target.Source.OpenAsync(Offset, End, cancellationToken);
                return opened.TryGet(out _direct, out var fault) ? null : fault;
            default:
                return _flight.Fault ?? Gone();
        }
    }

    private async ValueTask<long> EndOfGapAsync(long slice, CancellationToken cancellationToken)
    {
        var count = (int)Math.Min(FetchLimits.LookAhead, EndSlice - slice - 1);
        if (count <= 0)
        {
            return slice + 1;
        }

        return await _flight.Services.Slices.FirstAsync(_flight.Target.Key, slice + 1, count, cancellationToken)
            ?? EndSlice;
    }

    private async ValueTask<BodyPiece> ReadDirectAsync(CancellationToken cancellationToken)
    {
        _directBytes ??= ArrayPool<byte>.Shared.Rent(FetchLimits.Piece);
        var wanted = (int)Math.Min(_directBytes.Length, End - Offset);
        var read = await _direct!.ReadAsync(_directBytes.AsMemory(0, wanted), cancellationToken);
        return !read.TryGet(out var count, out var fault) ? BodyPiece.Broken(fault)
            : count == 0 ? BodyPiece.Broken(new OriginFault(OriginFaultKind.Truncated, "the origin's answer is short"))
            : BodyPiece.Of(buffer: null, _directBytes.AsMemory(0, count));
    }

    private static OriginFault Gone() =>
        new(OriginFaultKind.Changed, "a part of the body is kept no more, and cannot be fetched by itself");
}
