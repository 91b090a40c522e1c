namespace Fabrik.Cache.Eviction;

/// <summary>Every limit of the policies, and where it comes from.</summary>
internal static class EvictionLimits
{
    /// <summary>
    /// Candidates that one choice looks at. More than the blobs a busy build reads at once, so that a refusal of all of
    /// them means the store is really in use; few enough that a choice stays below some ten microseconds.
    /// </summary>
    public const int MaxCandidates = 256;

    /// <summary>
    /// Of these, candidates that may be passed over for being popular: after that the next is taken whatever its
    /// frequency, so a store in which everything is popular still evicts in bounded time.
    /// </summary>
    public const int MaxSecondChances = 128;

    /// <summary>Touched entries waiting to be persisted: half a megabyte, and one batch of the index.</summary>
    public const int MaxPendingChanges = 64 * 1024;

    /// <summary>
    /// Seconds until an unused frequency halves: a day. What a team used hourly is forgotten after four idle days,
    /// which is longer than a weekend.
    /// </summary>
    public const uint FrequencyHalfLife = 24 * 60 * 60;

    /// <summary>Seconds that a refused candidate is set back in an order by expiry: shorter than any lease.</summary>
    public const uint RefusalSetback = 10 * 60;

    /// <summary>Evicted keys that are remembered at most: 32 MiB.</summary>
    public const int MaxGhosts = 1 << 22;
}
