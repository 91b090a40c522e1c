using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Microbenchmarks.Resilience;

/// <summary>A tier that costs nothing, so that what is measured is what stands before it.</summary>
internal sealed class InstantTier(CacheResult<CachedArtifact?> answer) : ICacheTier
{
    public string Name => "instant";

    public ValueTask<CacheResult<CachedArtifact?>> GetAsync(ArtifactId id, CancellationToken cancellationToken) =>
        new(answer);

    public ValueTask<CacheResult<ArtifactInfo?>> StatAsync(ArtifactId id, CancellationToken cancellationToken) =>
        new(default(ArtifactInfo));

    public ValueTask<CacheResult<Unit>> ContainsAsync(
        ReadOnlyMemory<ArtifactId> ids, Memory<bool> found, CancellationToken cancellationToken) => new(default(Unit));

    public ValueTask<CacheResult<PutOutcome>> PutAsync(
        ArtifactId id, PipeReader body, PutOptions options, CancellationToken cancellationToken) =>
        new(PutOutcome.Identical);

    public ValueTask<CacheResult<bool>> DeleteAsync(ArtifactId id, CancellationToken cancellationToken) => new(false);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
