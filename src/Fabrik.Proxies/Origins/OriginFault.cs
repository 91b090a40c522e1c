namespace Fabrik.Proxies.Origins;

/// <summary>What went wrong with an origin; closed, so that every kind has an answer.</summary>
public enum OriginFaultKind
{
    /// <summary>No connection: its name, its address, its certificate.</summary>
    Unreachable,

    /// <summary>No answer, or no more of one, within the time allowed.</summary>
    Timeout,

    /// <summary>It asks to be asked less: 429, or S3's 503 SlowDown.</summary>
    Overloaded,

    /// <summary>It answered with another 5xx.</summary>
    ServerError,

    /// <summary>It does not take our credentials: an access key that is unknown, a signature that is wrong.</summary>
    BadCredentials,

    /// <summary>The representation that a body began with is no longer there: its bytes must not be mixed.</summary>
    Changed,

    /// <summary>The body ended before its length, or the connection broke in it.</summary>
    Truncated,

    /// <summary>The answer is none of those that HTTP allows to what was asked.</summary>
    Malformed,

    /// <summary>It is left alone after failures: its breaker is open.</summary>
    LeftAlone,
}

/// <summary>A failure of an origin, as data.</summary>
/// <param name="Kind">What went wrong.</param>
/// <param name="Message">One sentence for the operator, without secrets; clients are not told it.</param>
public sealed record OriginFault(OriginFaultKind Kind, string Message)
{
    /// <summary>The HTTP status that said so, where one did.</summary>
    public int? Status { get; init; }

    /// <summary>How long the origin asked to be left alone (<c>Retry-After</c>).</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the same request may succeed on another try or at another replica.</summary>
    public bool Retryable => Kind is OriginFaultKind.Unreachable or OriginFaultKind.Timeout
        or OriginFaultKind.Overloaded or OriginFaultKind.ServerError or OriginFaultKind.Truncated
        or OriginFaultKind.LeftAlone;
}
