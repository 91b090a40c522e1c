namespace Fabrik.Cache.Resilience;

/// <summary>Which errors speak against an upstream, and which are answers like others.</summary>
internal static class FailureRules
{
    /// <summary>Whether an error of this operation counts in the breaker.</summary>
    /// <param name="error">The error.</param>
    /// <param name="operation">What was asked.</param>
    /// <param name="isWriteOnly">Whether nothing is read from the upstream.</param>
    public static bool IsFailure(CacheError error, TierOperation operation, bool isWriteOnly) => error switch
    {
        { Source: CacheErrorSource.Client } => false,

        // A token that may only read is refused on every write, and must not close the way for reads.
        { Kind: CacheErrorKind.Denied } => isWriteOnly || operation is not (TierOperation.Put or TierOperation.Delete),

        // Answers of an upstream that works: it says no to this artifact, or to writes.
        { Kind: CacheErrorKind.InvalidRequest or CacheErrorKind.TooLarge or CacheErrorKind.Conflict } => false,
        { Kind: CacheErrorKind.ReadOnly or CacheErrorKind.StorageFull } => false,
        _ => true,
    };

    /// <summary>Whether an error says that delivered bytes were not the artifact's.</summary>
    public static bool IsCorruption(CacheError error) =>
        error.Source != CacheErrorSource.Client
        && error.Kind is CacheErrorKind.DigestMismatch or CacheErrorKind.Incomplete or CacheErrorKind.Damaged;
}
