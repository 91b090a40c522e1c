using System.IO.Pipelines;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Codec;
using Fabrik.Cache.Local.Index;
using Microsoft.Win32.SafeHandles;

namespace Fabrik.Cache.Local.Blobs;

/// <summary>
/// A hit whose bytes are a file. Until its checksum has been seen to be right once, the file goes through
/// <see cref="CopyToAsync"/>, which checks it and keeps its last bytes back until it is sure.
/// </summary>
internal sealed class FileArtifact(
    ArtifactInfo info, BlobPlace place, SafeFileHandle file, CheckedFiles known, DamageReport damaged) : CachedArtifact
{
    private const int ChunkSize = 64 * 1024;

    public override ArtifactInfo Info => info;

    public override bool TryGetFile(out SafeFileHandle? handle, out long offset)
    {
        handle = file;
        offset = 0;
        return known.Contains(place.Number);
    }

    public override async ValueTask<CacheResult<Unit>> CopyToAsync(
        PipeWriter destination, long offset, long length, CancellationToken cancellationToken)
    {
        var isWhole = offset == 0 && length == place.Size;
        var mustCheck = !known.Contains(place.Number);
        if (mustCheck && !isWhole && !await CheckAsync(cancellationToken))
        {
            return await DamageAsync("its checksum is wrong");
        }

        uint checksum = 0;
        while (length > 0)
        {
            var buffer = destination.GetMemory(ChunkSize);
            buffer = buffer[..(int)Math.Min(buffer.Length, length)];
            var count = await RandomAccess.ReadAsync(file, buffer, offset, cancellationToken);
            if (count == 0)
            {
                return await DamageAsync("it is too short");
            }

            checksum = mustCheck && isWhole ? Crc32C.Append(checksum, buffer.Span[..count]) : 0;
            offset += count;
            length -= count;
            if (length == 0 && mustCheck && isWhole)
            {
                if (checksum != place.Checksum)
                {
                    return await DamageAsync("its checksum is wrong");
                }

                known.Add(place.Number);
            }

            destination.Advance(count);
            var flush = await destination.FlushAsync(cancellationToken);
            if ((flush.IsCompleted || flush.IsCanceled) && length > 0)
            {
                return CacheError.Client(CacheErrorKind.Incomplete, "the receiver of a blob took no more of it");
            }
        }

        return default(Unit);
    }

    /// <summary>Reads the file through once.</summary>
    private async ValueTask<bool> CheckAsync(CancellationToken cancellationToken)
    {
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(ChunkSize);
        try
        {
            uint checksum = 0;
            long offset = 0;
            int count;
            while ((count = await RandomAccess.ReadAsync(file, buffer, offset, cancellationToken)) > 0)
            {
                checksum = Crc32C.Append(checksum, buffer.AsSpan(0, count));
                offset += count;
            }

            if (checksum != place.Checksum || offset != place.StoredSize)
            {
                return false;
            }

            known.Add(place.Number);
            return true;
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public override ValueTask DisposeAsync()
    {
        file.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask<CacheError> DamageAsync(string reason)
    {
        await damaged(info.Id, place, reason);
        return CacheError.Internal(CacheErrorKind.Damaged, $"the blob {place.Digest} is damaged: {reason}");
    }
}
