namespace Fabrik.Cache.Layers.Writing.Sending;

/// <summary>What became of one try to carry an order out.</summary>
/// <param name="Count">How it is counted; failed tries are repeated, all else is an end.</param>
/// <param name="Sign">What it tells of the upstream.</param>
internal readonly record struct UploadResult(UploadCount Count, UpstreamSign Sign)
{
    /// <summary>Bytes that were stored.</summary>
    public long Bytes { get; init; }

    /// <summary>Why it failed.</summary>
    public CacheError? Error { get; init; }

    /// <summary>What an upstream's error means.</summary>
    public static UploadResult OfUpstream(CacheError error) => error.Kind switch
    {
        // Retryable, or a matter of its credentials and its disk, which may be mended: not the order's fault.
        CacheErrorKind.Timeout or CacheErrorKind.Unavailable or CacheErrorKind.Overloaded
            or CacheErrorKind.ShuttingDown or CacheErrorKind.StorageFull or CacheErrorKind.Denied
            or CacheErrorKind.ReadOnly =>
            new(UploadCount.FailedTries, UpstreamSign.Fails) { Error = error },
        CacheErrorKind.TooLarge or CacheErrorKind.InvalidRequest =>
            new(UploadCount.DroppedRefused, UpstreamSign.Answers) { Error = error },
        CacheErrorKind.Conflict => new(UploadCount.Kept, UpstreamSign.Answers) { Error = error },
        CacheErrorKind.DigestMismatch or CacheErrorKind.Damaged =>
            new(UploadCount.DroppedDamaged, UpstreamSign.Answers) { Error = error },
        _ => new(UploadCount.FailedTries, UpstreamSign.None) { Error = error },
    };

    /// <summary>What an error of the local tier means.</summary>
    public static UploadResult OfLocal(CacheError error) =>
        new(
            error.Kind is CacheErrorKind.Damaged or CacheErrorKind.DigestMismatch
                ? UploadCount.DroppedDamaged
                : UploadCount.FailedTries,
            UpstreamSign.None)
        { Error = error };
}
