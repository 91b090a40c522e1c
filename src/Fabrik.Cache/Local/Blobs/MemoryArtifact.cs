using System.IO.Pipelines;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Cache.Local.Blobs;

/// <summary>A hit whose bytes were decoded into memory.</summary>
internal sealed class MemoryArtifact(ArtifactInfo info, ReadOnlyMemory<byte> value) : CachedArtifact
{
    public override ArtifactInfo Info => info;

    public override bool TryGetMemory(out ReadOnlyMemory<byte> bytes)
    {
        bytes = value;
        return true;
    }

    public override async ValueTask<CacheResult<Unit>> CopyToAsync(
        PipeWriter destination, long offset, long length, CancellationToken cancellationToken)
    {
        await destination.WriteAsync(value.Slice((int)offset, (int)length), cancellationToken);
        return default(Unit);
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
