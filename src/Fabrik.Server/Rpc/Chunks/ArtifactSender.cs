using Fabrik.Cache;
using Microsoft.Win32.SafeHandles;

namespace Fabrik.Server.Rpc.Chunks;

/// <summary>Sends an artifact the cheapest way that it offers.</summary>
internal static class ArtifactSender
{
    /// <summary>Sends a part.</summary>
    /// <param name="artifact">What is sent.</param>
    /// <param name="range">Where it begins, and its length.</param>
    /// <param name="output">Where to.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What went wrong while reading, after all that was good has been sent.</returns>
    public static async ValueTask<CacheResult<Unit>> SendAsync(
        CachedArtifact artifact,
        (long Offset, long Length) range,
        BodyWriter output,
        CancellationToken cancellationToken)
    {
        var result = await SendBytesAsync(artifact, range, output, cancellationToken);
        if (result.Error is null)
        {
            await output.FinishAsync(cancellationToken);
        }

        return result;
    }

    private static async ValueTask<CacheResult<Unit>> SendBytesAsync(
        CachedArtifact artifact,
        (long Offset, long Length) range,
        BodyWriter output,
        CancellationToken cancellationToken)
    {
        if (range.Length == 0)
        {
            return default(Unit);
        }

        if (artifact.TryGetMemory(out var bytes))
        {
            await output.SendAsync(bytes.Slice((int)range.Offset, (int)range.Length), cancellationToken);
            return default(Unit);
        }

        if (artifact.TryGetFile(out var file, out var start) && file is not null)
        {
            return await SendFileAsync(file, (start + range.Offset, range.Length), output, cancellationToken);
        }

        return await artifact.CopyToAsync(output, range.Offset, range.Length, cancellationToken);
    }

    private static async ValueTask<CacheResult<Unit>> SendFileAsync(
        SafeFileHandle file,
        (long Offset, long Length) range,
        BodyWriter output,
        CancellationToken cancellationToken)
    {
        while (range.Length > 0)
        {
            var buffer = output.GetMemory(BodyWriter.ChunkSize);
            buffer = buffer[..(int)Math.Min(range.Length, BodyWriter.ChunkSize)];
            var read = await ArtifactFile.ReadAsync(file, buffer, range.Offset, cancellationToken);
            if (!read.TryGet(out var count, out var error))
            {
                return error;
            }

            output.Advance(count);
            await output.FlushAsync(cancellationToken);
            range = (range.Offset + count, range.Length - count);
        }

        return default(Unit);
    }
}
