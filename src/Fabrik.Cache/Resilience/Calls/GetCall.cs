using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Resilience.Transfers;

namespace Fabrik.Cache.Resilience.Calls;

/// <summary>A read, until its answer begins.</summary>
internal readonly struct GetCall(ICacheTier tier, ArtifactId id) : ITierCall<CachedArtifact?>
{
    public TierOperation Operation => TierOperation.Get;

    public ValueTask<CacheResult<CachedArtifact?>> SendAsync(CancellationToken cancellationToken) =>
        tier.GetAsync(id, cancellationToken);

    public CachedArtifact? Accept(CachedArtifact? answer, UpstreamGuard guard) =>
        answer is null ? null : new GuardedArtifact(answer, guard);

    public bool IsWhole(CachedArtifact? answer) => answer is null || answer.TryGetMemory(out _);

    public string NameOf(CachedArtifact? answer) => answer is null ? "miss" : "hit";

    public ValueTask DiscardAsync(CachedArtifact? answer) => answer?.DisposeAsync() ?? ValueTask.CompletedTask;
}
