using Fabrik.Cache.Artifacts;

namespace Fabrik.Cache.Resilience.Calls;

/// <summary>A description.</summary>
internal readonly struct StatCall(ICacheTier tier, ArtifactId id) : ITierCall<ArtifactInfo?>
{
    public TierOperation Operation => TierOperation.Stat;

    public ValueTask<CacheResult<ArtifactInfo?>> SendAsync(CancellationToken cancellationToken) =>
        tier.StatAsync(id, cancellationToken);

    public ArtifactInfo? Accept(ArtifactInfo? answer, UpstreamGuard guard) => answer;

    public bool IsWhole(ArtifactInfo? answer) => true;

    public string NameOf(ArtifactInfo? answer) => answer is null ? "miss" : "hit";

    public ValueTask DiscardAsync(ArtifactInfo? answer) => ValueTask.CompletedTask;
}
