using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Microbenchmarks.Resilience;

/// <summary>A hit that is in memory.</summary>
internal sealed class InstantArtifact(byte[] content) : CachedArtifact
{
    public override ArtifactInfo Info { get; } = new()
    {
        Id = default,
        Digest = default,
        Size = content.Length,
        Metadata = new ArtifactMetadata { Tool = "bench" },
        CreatedAt = default,
    };

    public override bool TryGetMemory(out ReadOnlyMemory<byte> bytes)
    {
        bytes = content;
        return true;
    }

    public override async ValueTask<CacheResult<Unit>> CopyToAsync(
        PipeWriter destination, long offset, long length, CancellationToken cancellationToken)
    {
        await destination.WriteAsync(content.AsMemory((int)offset, (int)length), cancellationToken);
        return default(Unit);
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
