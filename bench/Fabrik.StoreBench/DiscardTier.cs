using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;

namespace Fabrik.StoreBench;

/// <summary>An upstream that takes everything at once and keeps nothing; or fails, so that orders wait.</summary>
internal sealed class DiscardTier : ICacheTier
{
    /// <summary>What it answers instead.</summary>
    public CacheError? Fault { get; set; }

    public string Name => "discard";

    public ValueTask<CacheResult<CachedArtifact?>> GetAsync(ArtifactId id, CancellationToken cancellationToken) =>
        ValueTask.FromResult<CacheResult<CachedArtifact?>>((CachedArtifact?)null);

    public ValueTask<CacheResult<ArtifactInfo?>> StatAsync(ArtifactId id, CancellationToken cancellationToken) =>
        ValueTask.FromResult<CacheResult<ArtifactInfo?>>((ArtifactInfo?)null);

    public ValueTask<CacheResult<Unit>> ContainsAsync(
        ReadOnlyMemory<ArtifactId> ids, Memory<bool> found, CancellationToken cancellationToken) =>
        ValueTask.FromResult<CacheResult<Unit>>(Fault is { } fault ? fault : default(Unit));

    public async ValueTask<CacheResult<PutOutcome>> PutAsync(
        ArtifactId id, PipeReader body, PutOptions options, CancellationToken cancellationToken)
    {
        if (Fault is { } fault)
        {
            return fault;
        }

        await body.CopyToAsync(Stream.Null, cancellationToken);
        return PutOutcome.Stored;
    }

    public ValueTask<CacheResult<bool>> DeleteAsync(ArtifactId id, CancellationToken cancellationToken) =>
        ValueTask.FromResult<CacheResult<bool>>(Fault is { } fault ? fault : false);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
