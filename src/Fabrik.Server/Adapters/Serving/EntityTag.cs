using Microsoft.Extensions.Primitives;

namespace Fabrik.Server.Adapters.Serving;

/// <summary>Conditions on entity tags (RFC 9110, sections 13.1.2 and 13.1.5).</summary>
internal static class EntityTag
{
    /// <summary>Whether an <c>If-None-Match</c> names this tag, by weak comparison.</summary>
    public static bool IsNamedBy(StringValues ifNoneMatch, string tag)
    {
        foreach (var header in ifNoneMatch)
        {
            foreach (var part in header.AsSpan().Split(','))
            {
                var candidate = header.AsSpan()[part].Trim();
                if (candidate is "*" || WithoutWeakness(candidate).SequenceEqual(tag))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Whether an <c>If-Range</c> lets a <c>Range</c> hold: there is none, or it is this tag, strongly.</summary>
    public static bool AllowsRange(StringValues ifRange, string tag) =>
        ifRange.Count == 0 || (ifRange.Count == 1 && string.Equals(ifRange[0], tag, StringComparison.Ordinal));

    private static ReadOnlySpan<char> WithoutWeakness(ReadOnlySpan<char> tag) => tag.StartsWith("W/") ? tag[2..] : tag;
}
