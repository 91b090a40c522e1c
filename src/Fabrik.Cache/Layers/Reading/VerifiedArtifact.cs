using System.IO.Pipelines;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Cache.Layers.Reading;

/// <summary>A hit of an upstream that the local tier could not take; its bytes are in memory, and verified.</summary>
internal sealed class VerifiedArtifact(ArtifactInfo info, byte[] bytes) : CachedArtifact
{
    public override ArtifactInfo Info => info;

    public override bool TryGetMemory(out ReadOnlyMemory<byte> memory)
    {
        memory = bytes;
        return true;
    }

    public override async ValueTask<CacheResult<Unit>> CopyToAsync(
        PipeWriter destination, long offset, long length, CancellationToken cancellationToken)
    {
        await destination.WriteAsync(bytes.AsMemory((int)offset, (int)length), cancellationToken);
        return default(Unit);
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
