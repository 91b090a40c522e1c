using Fabrik.Cache;
using Fabrik.Proxies.Fetching;
using Fabrik.Proxies.Storage;
using Fabrik.Wire.Http;

namespace Fabrik.Proxies.Serving;

/// <summary>
/// Reads a part of a stored body for one client: straight from the store for as long as that has the slices, and from
/// the first that it has not on through the body's flight. One call at a time.
/// </summary>
internal sealed class BodyReader : IAsyncDisposable
{
    // A store that gives damaged slices again and again is not asked for ever.
    private const int MaxDamaged = 3;

    private readonly ProxyServicesState _state;
    private readonly ProxyRequest _request;
    private readonly StoredVariant _variant;
    private readonly long _end;
    private FlightReader? _flight;
    private int _damaged;

    /// <summary>A reader that has read nothing yet.</summary>
    /// <param name="state">Where bodies are.</param>
    /// <param name="request">For which client.</param>
    /// <param name="variant">Whose body.</param>
    /// <param name="range">Which part; the largest length for what ends with a body of unknown size.</param>
    public BodyReader(ProxyServicesState state, ProxyRequest request, StoredVariant variant, ByteRange range)
    {
        _state = state;
        _request = request;
        _variant = variant;
        Offset = range.Offset;
        _end = range.Length == long.MaxValue ? long.MaxValue : range.Offset + range.Length;
    }

    /// <summary>The next byte.</summary>
    public long Offset { get; private set; }

    /// <summary>Bytes of the whole body, once they are known.</summary>
    public long? Size => _variant.Size ?? _flight?.Size;

    // Of a body that only its first fetch can complete, that fetch has to know who still reads.
    private bool MayPassFlight => _variant.Size is not null && _variant.IsKept;

    /// <summary>
    /// The next piece; it begins at <see cref="Offset"/>, which the caller moves by <see cref="Advance"/>.
    /// </summary>
    public async ValueTask<BodyPiece> NextAsync(CancellationToken cancellationToken)
    {
        if (_flight is null && MayPassFlight)
        {
            if (Offset >= _end)
            {
                return BodyPiece.End;
            }

            var index = Offset / _variant.SliceSize;
            var artifact = await _state.Slices.FindAsync(
                _variant.SliceId(_request.Key, index), cancellationToken);
            if (artifact is not null && await PieceOfAsync(artifact, index) is { } piece)
            {
                return piece;
            }
        }

        _flight ??= _state.Flights.Join(TargetOf(), Offset, _end);
        return await _flight.NextAsync(cancellationToken);
    }

    /// <summary>So many bytes were sent.</summary>
    public void Advance(long count)
    {
        Offset += count;
        _flight?.Advance(count);
    }

    /// <summary>
    /// The slice at <see cref="Offset"/> cannot be read to its end: it is forgotten, and fetched again where that can
    /// be.
    /// </summary>
    /// <returns>Whether it is worth going on.</returns>
    public async ValueTask<bool> ForgetDamagedAsync(CancellationToken cancellationToken)
    {
        if (_variant.Pin is null || ++_damaged > MaxDamaged)
        {
            return false;
        }

        await _state.Slices.DropAsync(
            _variant.SliceId(_request.Key, Offset / _variant.SliceSize), cancellationToken);
        return true;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _flight?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async ValueTask<BodyPiece?> PieceOfAsync(CachedArtifact artifact, long index)
    {
        var start = index * _variant.SliceSize;
        var size = Math.Min(_variant.SliceSize, _variant.Size!.Value - start);
        if (artifact.Info.Size == size)
        {
            return BodyPiece.Of(artifact, Offset - start, Math.Min(start + size, _end) - Offset);
        }

        await artifact.DisposeAsync();
        return null;
    }

    private FlightTarget TargetOf() => _state.Bodies.Of(
        _request.Key,
        _variant,
        _request.Bucket.Origin,
        _request.Fields,
        _request.Bucket.Options.Cache.MaxObjectSize);
}
