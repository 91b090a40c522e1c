using System.IO.Pipelines;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Codec;
using Fabrik.Cache.Local.Index;
using Microsoft.Win32.SafeHandles;

namespace Fabrik.Cache.Local.Blobs;

/// <summary>A hit whose file is compressed or encrypted: of it, the frames that are asked for are decoded.</summary>
internal sealed class EncodedArtifact(
    ArtifactInfo info, BlobPlace place, SafeFileHandle file, BlobReader reader, DamageReport damaged) : CachedArtifact
{
    public override ArtifactInfo Info => info;

    public override async ValueTask<CacheResult<Unit>> CopyToAsync(
        PipeWriter destination, long offset, long length, CancellationToken cancellationToken)
    {
        var copied = await reader.CopyToAsync(destination, offset, length, cancellationToken);
        if (copied.Error is { Kind: CacheErrorKind.Damaged } error)
        {
            await damaged(info.Id, place, error.Message);
        }

        return copied;
    }

    public override ValueTask DisposeAsync()
    {
        reader.Dispose();
        file.Dispose();
        return ValueTask.CompletedTask;
    }
}
