using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Microbenchmarks.Layers;

/// <summary>A tier that has one artifact, or none, and answers at once without allocating.</summary>
internal sealed class InMemoryTier(ArtifactId? held) : ICacheTier
{
    private readonly CachedArtifact _artifact = new Artifact(held ?? default);

    public string Name => "memory";

    public ValueTask<CacheResult<CachedArtifact?>> GetAsync(ArtifactId id, CancellationToken cancellationToken) =>
        ValueTask.FromResult<CacheResult<CachedArtifact?>>(id == held ? _artifact : null);

    public ValueTask<CacheResult<ArtifactInfo?>> StatAsync(ArtifactId id, CancellationToken cancellationToken) =>
        ValueTask.FromResult<CacheResult<ArtifactInfo?>>(id == held ? _artifact.Info : null);

    public ValueTask<CacheResult<Unit>> ContainsAsync(
        ReadOnlyMemory<ArtifactId> ids, Memory<bool> found, CancellationToken cancellationToken) =>
        ValueTask.FromResult<CacheResult<Unit>>(default(Unit));

    public ValueTask<CacheResult<PutOutcome>> PutAsync(
        ArtifactId id, PipeReader body, PutOptions options, CancellationToken cancellationToken) =>
        ValueTask.FromResult<CacheResult<PutOutcome>>(PutOutcome.Identical);

    public ValueTask<CacheResult<bool>> DeleteAsync(ArtifactId id, CancellationToken cancellationToken) =>
        ValueTask.FromResult<CacheResult<bool>>(false);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Artifact(ArtifactId id) : CachedArtifact
    {
        public override ArtifactInfo Info { get; } = new()
        {
            Id = id,
            Digest = default,
            Size = 0,
            Metadata = new ArtifactMetadata { Tool = "bench" },
            CreatedAt = DateTimeOffset.UnixEpoch,
        };

        public override ValueTask<CacheResult<Unit>> CopyToAsync(
            PipeWriter destination, long offset, long length, CancellationToken cancellationToken) =>
            ValueTask.FromResult<CacheResult<Unit>>(default(Unit));

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
