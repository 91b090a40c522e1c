namespace Fabrik.Wire.Http.Caching;

/// <summary>What a request that may change things makes invalid: RFC 9111, section 4.4.</summary>
public static class Invalidation
{
    /// <summary>Whether a method is known to change nothing: RFC 9110, section 9.2.1.</summary>
    public static bool IsSafe(string method) => method is "GET" or "HEAD" or "OPTIONS" or "TRACE";

    /// <summary>
    /// The targets (path and query) of which everything stored becomes invalid: that of the request, and those of
    /// <c>Location</c> and <c>Content-Location</c> on the same origin. None for safe methods and failures.
    /// </summary>
    public static IReadOnlyList<string> TargetsOf(
        string method, RequestTarget target, int status, IReadOnlyList<HeaderField> response)
    {
        if (IsSafe(method) || status is < 200 or > 399)
        {
            return [];
        }

        var targets = new List<string> { target.PathAndQuery };
        foreach (var name in (ReadOnlySpan<string>)["Location", "Content-Location"])
        {
            if (response.First(name) is { } reference
                && target.ResolveSameOrigin(reference) is { } other
                && !targets.Contains(other, StringComparer.Ordinal))
            {
                targets.Add(other);
            }
        }

        return targets;
    }

    /// <summary>
    /// Whether a response says that it is what its own target is now (<see cref="OriginExchange.IsAtItsTarget"/>).
    /// </summary>
    public static bool IsAtItsTarget(RequestTarget target, IReadOnlyList<HeaderField> response) =>
        response.First("Content-Location") is { } reference
        && target.ResolveSameOrigin(reference) == target.PathAndQuery;
}
