namespace Fabrik.Wire.Http.Caching;

/// <summary>A request to the origin and the head of its final response, as a cache judges them.</summary>
public sealed record OriginExchange
{
    /// <summary>The request's method.</summary>
    public required string Method { get; init; }

    /// <summary>
    /// The request's fields. Without the <c>Authorization</c> that a proxy took for itself: what the origin never saw
    /// does not make its answer personal.
    /// </summary>
    public required IReadOnlyList<HeaderField> RequestHeaders { get; init; }

    /// <summary>The response's status, 200 to 599.</summary>
    public required int Status { get; init; }

    /// <summary>The response's fields.</summary>
    public required IReadOnlyList<HeaderField> ResponseHeaders { get; init; }

    /// <summary>When the request was sent.</summary>
    public required DateTimeOffset RequestTime { get; init; }

    /// <summary>When the response's head had come.</summary>
    public required DateTimeOffset ResponseTime { get; init; }

    /// <summary>
    /// Whether a 206 is a part that this cache asked for and knows how to file (RFC 9111, section 3.3). Any other one
    /// is not stored.
    /// </summary>
    public bool FilesParts { get; init; }

    /// <summary>
    /// Whether the response's <c>Content-Location</c> is the target of the request, so that the answer to a POST is one
    /// to a GET too (RFC 9110, section 9.3.3).
    /// </summary>
    public bool IsAtItsTarget { get; init; }
}
