using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Codec;
using Fabrik.Cache.Local.Commit;
using Fabrik.Cache.Local.Index;
using Microsoft.Win32.SafeHandles;

namespace Fabrik.Cache.Local.Blobs;

/// <summary>Opens the files of large contents; one that is gone or has another length is damage.</summary>
internal sealed class FileOpener(StoreState state, DamageReport damaged)
{
    /// <summary>Opens a file that is exactly its content.</summary>
    public CacheResult<CachedArtifact?> Open(ArtifactInfo info, in BlobPlace place) =>
        OpenFile(place).TryGet(out var file, out var error)
            ? new FileArtifact(info, place, file, state.Checked, damaged)
            : error;

    /// <summary>Opens a blob file and reads what it says of itself.</summary>
    public async ValueTask<CacheResult<CachedArtifact?>> DecodeAsync(
        ArtifactInfo info, BlobPlace place, CancellationToken cancellationToken)
    {
        if (!OpenFile(place).TryGet(out var file, out var error))
        {
            return error;
        }

        CachedArtifact? artifact = null;
        try
        {
            var options = state.Encoding.ForReading(place.Digest);
            var opened = await BlobReader.OpenAsync(file, options, cancellationToken);
            if (!opened.TryGet(out var reader, out error))
            {
                return error;
            }

            return artifact = new EncodedArtifact(info, place, file, reader, damaged);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return StoreFaults.ToError(failure);
        }
        finally
        {
            if (artifact is null)
            {
                file.Dispose();
            }
        }
    }

    private CacheResult<SafeFileHandle> OpenFile(in BlobPlace place)
    {
        SafeFileHandle? file = null;
        try
        {
            file = state.Files.Open(place.Digest, place.Number);
            if (file is not null && RandomAccess.GetLength(file) == place.StoredSize)
            {
                return file;
            }

            var reason = file is null ? "its file is gone" : "its file has another length";
            file?.Dispose();
            return CacheError.Internal(CacheErrorKind.Damaged, reason);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            return StoreFaults.ToError(error);
        }
    }
}
