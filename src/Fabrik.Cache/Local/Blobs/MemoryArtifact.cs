using System.IO.Pipelines;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Cache.Local.Blobs;

/// <summary>A hit whose bytes are in memory: decoded, received, or made for it.</summary>
/// <param name="info">What is known of it.</param>
/// <param name="value">The bytes, which nobody changes.</param>
public sealed class MemoryArtifact(ArtifactInfo info, ReadOnlyMemory<byte> value) : CachedArtifact
{
    /// <inheritdoc/>
    public override ArtifactInfo Info => info;

    /// <inheritdoc/>
    public override bool TryGetMemory(out ReadOnlyMemory<byte> bytes)
    {
        bytes = value;
        return true;
    }

    /// <inheritdoc/>
    public override async ValueTask<CacheResult<Unit>> CopyToAsync(
        PipeWriter destination, long offset, long length, CancellationToken cancellationToken)
    {
        await destination.WriteAsync(value.Slice((int)offset, (int)length), cancellationToken);
        return default(Unit);
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
