using System.Security.Cryptography;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Cache.Layers.Reading;

/// <summary>
/// The bytes of one artifact on their way: into the window, into the local tier, and, of one that streams, through the
/// hash. Upstreams write it by <see cref="TransferWriter"/>, one after the other.
/// </summary>
internal sealed class Transfer : IDisposable
{
    private readonly ReadPath _path;
    private readonly Window _window;
    private readonly StoreFeed _feed;
    private readonly IncrementalHash? _hash;
    private readonly Action? _onBytes;
    private bool _isPaced;

    /// <summary>Makes the transfer of an artifact.</summary>
    /// <param name="path">Limits and time.</param>
    /// <param name="info">What is to come.</param>
    /// <param name="window">Where readers are; begun anew.</param>
    /// <param name="feed">The way into the local tier.</param>
    /// <param name="onBytes">
    /// Called when the first bytes are here, and maybe again, of an artifact that streams; null for one that is
    /// verified first.
    /// </param>
    public Transfer(ReadPath path, ArtifactInfo info, Window window, StoreFeed feed, Action? onBytes)
    {
        (_path, Info, _window, _feed, _onBytes) = (path, info, window, feed, onBytes);
        _hash = onBytes is null ? null : IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        // Of an artifact that is verified first nothing is dropped, even if every segment is only half filled.
        var bytes = onBytes is null ? (2 * info.Size) + Window.SegmentSize : path.Options.WindowSize;
        window.Begin(info.Size, (int)Math.Min(int.MaxValue, (bytes + Window.SegmentSize - 1) / Window.SegmentSize));
    }

    public ArtifactInfo Info { get; }

    /// <summary>Offset behind the last byte that came.</summary>
    public long Offset => _window.End;

    /// <summary>Whether every byte has come, and no more than that.</summary>
    public bool IsWhole => Offset == Info.Size && !IsOversized;

    /// <summary>Whether more came than there is.</summary>
    public bool IsOversized { get; private set; }

    /// <summary>Whether it ended because nobody wants it: it is not stored, and nobody reads.</summary>
    public bool IsAbandoned { get; private set; }

    /// <summary>From which upstream the bytes come that are written now.</summary>
    public UpstreamSource? Source { get; set; }

    public Memory<byte> Reserve(int least) => _window.Reserve(least);

    public void Take(int count)
    {
        if (IsOversized || count > Info.Size - Offset)
        {
            IsOversized = true;
            return;
        }

        var bytes = _window.Commit(count).Span;
        _hash?.AppendData(bytes);
        _feed.Write(bytes);
        Source?.Counters.Received(count);
    }

    /// <summary>Keeps what came of a try that failed, and trusts what it may still write no more.</summary>
    public void Seal() => _window.Seal();

    /// <summary>
    /// Lets readers and the local tier have what came, and waits for whom it must; false to send no more.
    /// </summary>
    public async ValueTask<bool> FlushAsync(CancellationToken cancellationToken)
    {
        if (_onBytes is not null && Offset > 0)
        {
            _onBytes();
            _window.Announce();
        }

        if (!_feed.HasFailed)
        {
            await _feed.FlushAsync(cancellationToken);
        }

        if (_onBytes is not null && _feed.HasFailed)
        {
            await PaceAsync(cancellationToken);
        }

        return !IsOversized && !IsAbandoned;
    }

    /// <summary>Whether the bytes have the digest they were promised with; asked once.</summary>
    public bool HasRightDigest()
    {
        Span<byte> digest = stackalloc byte[ContentDigest.Length];
        _hash!.GetHashAndReset(digest);
        return new ContentDigest(digest) == Info.Digest;
    }

    /// <summary>Waits until every reader of what cannot be stored has left, or takes nothing any more.</summary>
    public async ValueTask DrainAsync(CancellationToken cancellationToken)
    {
        while (_window.IsRead(out var movement) && await MovesAsync(movement, cancellationToken))
        {
        }
    }

    public void Dispose() => _hash?.Dispose();

    private async ValueTask PaceAsync(CancellationToken cancellationToken)
    {
        if (!_isPaced)
        {
            _isPaced = true;
            _window.Pace();
        }

        while (true)
        {
            IsAbandoned = !_window.TryPace(out var movement);
            if (IsAbandoned || movement is null)
            {
                return;
            }

            if (!await MovesAsync(movement, cancellationToken))
            {
                _window.CutSlowest();
            }
        }
    }

    /// <summary>Waits for a movement of the readers, false if there was none for too long.</summary>
    private async ValueTask<bool> MovesAsync(Task movement, CancellationToken cancellationToken)
    {
        try
        {
            await movement.WaitAsync(_path.Options.StallLimit, _path.Time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
