using Fabrik.Cache;
using Microsoft.Win32.SafeHandles;

namespace Fabrik.Server.Rpc.Chunks;

/// <summary>Reads the file that an artifact lies in.</summary>
internal static class ArtifactFile
{
    /// <summary>Reads some bytes; one that ends too early, or cannot be read, is an error.</summary>
    /// <param name="file">The file.</param>
    /// <param name="buffer">Where to; not empty.</param>
    /// <param name="offset">From where.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>How many there are now, at least one.</returns>
    public static async ValueTask<CacheResult<int>> ReadAsync(
        SafeFileHandle file, Memory<byte> buffer, long offset, CancellationToken cancellationToken)
    {
        try
        {
            var count = await RandomAccess.ReadAsync(file, buffer, offset, cancellationToken);
            return count > 0
                ? count
                : CacheError.Internal(CacheErrorKind.Damaged, "the artifact's file is too short");
        }
        catch (IOException broken)
        {
            return CacheError.Internal(CacheErrorKind.Io, "the artifact's file cannot be read", broken);
        }
    }
}
