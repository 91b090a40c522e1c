using Microsoft.Extensions.Primitives;

namespace Fabrik.Proxies.Admin;

/// <summary>The cache's part in an answer, in a word.</summary>
internal static class CacheLabel
{
    /// <summary>The word for what <c>Cache-Status</c> (RFC 9211) says of this cache: its last member.</summary>
    public static string Of(StringValues status)
    {
        var text = status.Count == 0 ? "" : status[^1].AsSpan();
        var own = text[(text.LastIndexOf(',') + 1)..];
        return own.IsEmpty ? "none"
            : own.Contains("; hit", StringComparison.Ordinal) ? "hit"
            : own.Contains("; collapsed", StringComparison.Ordinal) ? "collapsed"
            : own.Contains("fwd=bypass", StringComparison.Ordinal) ? "bypass"
            : own.Contains("fwd=method", StringComparison.Ordinal) ? "bypass"
            : own.Contains("fwd-status=304", StringComparison.Ordinal) ? "revalidated"
            : own.Contains("fwd=stale", StringComparison.Ordinal) ? "expired"
            : "miss";
    }
}
