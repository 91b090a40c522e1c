namespace Fabrik.Cache;

/// <summary>The names of failures in metrics and traces; promised to dashboards.</summary>
public static class CacheErrorKindNames
{
    /// <summary>The name of a kind, in lower case with underscores.</summary>
    public static string Of(CacheErrorKind kind) => kind switch
    {
        CacheErrorKind.InvalidRequest => "invalid_request",
        CacheErrorKind.TooLarge => "too_large",
        CacheErrorKind.Incomplete => "incomplete",
        CacheErrorKind.DigestMismatch => "digest_mismatch",
        CacheErrorKind.Damaged => "damaged",
        CacheErrorKind.StorageFull => "storage_full",
        CacheErrorKind.ReadOnly => "read_only",
        CacheErrorKind.Conflict => "conflict",
        CacheErrorKind.Io => "io",
        CacheErrorKind.Denied => "denied",
        CacheErrorKind.Timeout => "timeout",
        CacheErrorKind.Unavailable => "unavailable",
        CacheErrorKind.Overloaded => "overloaded",
        CacheErrorKind.ShuttingDown => "shutting_down",
        _ => "other",
    };
}
