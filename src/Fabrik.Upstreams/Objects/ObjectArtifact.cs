using System.IO.Pipelines;
using System.Security.Cryptography;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Upstreams.Objects;

/// <summary>
/// A hit in an object store. The whole content comes from the answer that is open already, and its last piece is given
/// on only when size and SHA-256 are right. Any other part is a request of its own, for the same version of the object;
/// nothing can be said of a part's digest.
/// </summary>
internal sealed class ObjectArtifact(ObjectReader reader, OpenObject opened) : CachedArtifact
{
    private const int PieceSize = 64 * 1024;

    private int _isUsed;

    public override ArtifactInfo Info { get; } = opened.Head.ToInfo();

    public override async ValueTask<CacheResult<Unit>> CopyToAsync(
        PipeWriter destination, long offset, long length, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Info.Size - offset);
        if (offset == 0 && Interlocked.Exchange(ref _isUsed, 1) == 0)
        {
            return await CopyAsync(opened.Body.Content, destination, offset, length, cancellationToken);
        }

        var again = await reader.ReopenAsync(opened, offset, length, cancellationToken);
        if (!again.TryGet(out var body, out var error))
        {
            return error;
        }

        await using (body)
        {
            return await CopyAsync(body.Content, destination, offset, length, cancellationToken);
        }
    }

    public override ValueTask DisposeAsync() => opened.Body.DisposeAsync();

    private async ValueTask<CacheResult<Unit>> CopyAsync(
        Stream source, PipeWriter destination, long offset, long length, CancellationToken cancellationToken)
    {
        using var hash = offset == 0 && length == Info.Size
            ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256)
            : null;
        var left = length;
        while (left > 0)
        {
            var room = destination.GetMemory((int)Math.Min(PieceSize, left));
            room = room[..(int)Math.Min(room.Length, left)];
            var count = 0;
            try
            {
                count = await source.ReadAsync(room, cancellationToken);
            }
            catch (Exception broken) when (broken is IOException or HttpRequestException)
            {
                return reader.Broken(broken);
            }

            if (count == 0)
            {
                return Failed(CacheErrorKind.Incomplete, $"ended {left} bytes early");
            }

            left -= count;
            hash?.AppendData(room.Span[..count]);
            if (left == 0 && hash is not null && !IsRight(hash))
            {
                break;
            }

            destination.Advance(count);
            var flush = await destination.FlushAsync(cancellationToken);
            if ((flush.IsCompleted || flush.IsCanceled) && left > 0)
            {
                return CacheError.Client(CacheErrorKind.Incomplete, "the receiver of an object took no more of it");
            }
        }

        return hash is null || IsRight(hash) ? default(Unit) : Mismatch();
    }

    private CacheError Mismatch()
    {
        reader.Refuse(Info.Id, "digest");
        return Failed(CacheErrorKind.DigestMismatch, "has another SHA-256 than its header says");
    }

    private CacheError Failed(CacheErrorKind kind, string what) => new(
        kind, CacheErrorSource.Upstream, $"the object of artifact {Info.Id} in {reader.Upstream} {what}");

    private bool IsRight(IncrementalHash hash)
    {
        Span<byte> actual = stackalloc byte[ContentDigest.Length];
        hash.GetCurrentHash(actual);
        return Info.Digest.Bytes.SequenceEqual(actual);
    }
}
