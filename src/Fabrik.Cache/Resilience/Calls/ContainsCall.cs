using Fabrik.Cache.Artifacts;

namespace Fabrik.Cache.Resilience.Calls;

/// <summary>A check for existence.</summary>
/// <param name="tier">The upstream.</param>
/// <param name="ids">What is asked for.</param>
/// <param name="found">The caller's memory, which is theirs again as soon as they have an answer.</param>
internal readonly struct ContainsCall(ICacheTier tier, ReadOnlyMemory<ArtifactId> ids, Memory<bool> found)
    : ITierCall<Unit>
{
    // The tier writes into memory of our own: one that is given up may still write when the caller's memory has
    // another use.
    private readonly bool[] _found = new bool[ids.Length];

    public TierOperation Operation => TierOperation.Contains;

    public ValueTask<CacheResult<Unit>> SendAsync(CancellationToken cancellationToken) =>
        tier.ContainsAsync(ids, _found, cancellationToken);

    public Unit Accept(Unit answer, UpstreamGuard guard)
    {
        _found.CopyTo(found);
        return answer;
    }

    public bool IsWhole(Unit answer) => true;

    public string NameOf(Unit answer) => "ok";

    public ValueTask DiscardAsync(Unit answer) => ValueTask.CompletedTask;
}
