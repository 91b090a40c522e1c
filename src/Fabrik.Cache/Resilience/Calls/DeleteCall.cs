using Fabrik.Cache.Artifacts;

namespace Fabrik.Cache.Resilience.Calls;

/// <summary>A removal.</summary>
internal readonly struct DeleteCall(ICacheTier tier, ArtifactId id) : ITierCall<bool>
{
    public TierOperation Operation => TierOperation.Delete;

    public ValueTask<CacheResult<bool>> SendAsync(CancellationToken cancellationToken) =>
        tier.DeleteAsync(id, cancellationToken);

    public bool Accept(bool answer, UpstreamGuard guard) => answer;

    public bool IsWhole(bool answer) => true;

    public string NameOf(bool answer) => "ok";

    public ValueTask DiscardAsync(bool answer) => ValueTask.CompletedTask;
}
