namespace Fabrik.Cache;

/// <summary>What went wrong; closed, so that every protocol can map every kind.</summary>
public enum CacheErrorKind
{
    /// <summary>The request itself cannot be served: a key or an option that no tier accepts.</summary>
    InvalidRequest,

    /// <summary>The body is larger than the limit that applies to it.</summary>
    TooLarge,

    /// <summary>The body ended early, its sender went away, or its size is not the announced one.</summary>
    Incomplete,

    /// <summary>The bytes do not have the digest that was announced for them.</summary>
    DigestMismatch,

    /// <summary>Stored bytes failed their checksum; they have been dropped and will not be served again.</summary>
    Damaged,

    /// <summary>There is no room: the disk is full, or everything that could be evicted is in use.</summary>
    StorageFull,

    /// <summary>The tier takes no writes now: a read-only disk, missing rights, or a read-only upstream.</summary>
    ReadOnly,

    /// <summary>
    /// An entry is there already with other content, and the writer may not replace it; or what is there is not what
    /// the writer expects.
    /// </summary>
    Conflict,

    /// <summary>The tier or its disk failed in a way none of the other kinds names.</summary>
    Io,

    /// <summary>An upstream did not accept our credentials.</summary>
    Denied,

    /// <summary>No answer within the time allowed.</summary>
    Timeout,

    /// <summary>The tier cannot be reached, or its circuit breaker is open.</summary>
    Unavailable,

    /// <summary>A queue or limit is full; the same request may succeed later.</summary>
    Overloaded,

    /// <summary>The process is draining.</summary>
    ShuttingDown,
}

/// <summary>On whose side a failure lies.</summary>
public enum CacheErrorSource
{
    /// <summary>The tool that sent the request.</summary>
    Client,

    /// <summary>A tier behind this one.</summary>
    Upstream,

    /// <summary>This process, its disk or its configuration.</summary>
    Internal,
}

/// <summary>A failure, as data: its kind decides what each protocol answers, its message what a person reads.</summary>
/// <param name="Kind">What went wrong.</param>
/// <param name="Source">On whose side.</param>
/// <param name="Message">One sentence without secrets that says what, where, and what was expected.</param>
/// <param name="Cause">The exception behind it, for logs.</param>
public sealed record CacheError(CacheErrorKind Kind, CacheErrorSource Source, string Message, Exception? Cause = null)
{
    /// <summary>Whether the same request may succeed when it is sent again, unchanged.</summary>
    public bool Retryable => Kind is CacheErrorKind.Timeout or CacheErrorKind.Unavailable or CacheErrorKind.Overloaded
        or CacheErrorKind.ShuttingDown or CacheErrorKind.StorageFull;

    /// <summary>
    /// How long the tier asked to be left alone (HTTP's Retry-After); <see langword="null"/> if it did not.
    /// </summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>A failure of the request's sender.</summary>
    public static CacheError Client(CacheErrorKind kind, string message) => new(kind, CacheErrorSource.Client, message);

    /// <summary>A failure on our side.</summary>
    public static CacheError Internal(CacheErrorKind kind, string message, Exception? cause = null) =>
        new(kind, CacheErrorSource.Internal, message, cause);
}
