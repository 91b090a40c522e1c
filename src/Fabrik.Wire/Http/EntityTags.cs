namespace Fabrik.Wire.Http;

/// <summary>Lists of entity tags, as in <c>If-Match</c> and <c>If-None-Match</c>: RFC 9110, section 8.8.3.</summary>
public static class EntityTags
{
    /// <summary>
    /// Whether a list names a tag, or is <c>*</c>. Reading ends at the first thing that is not a tag.
    /// </summary>
    /// <param name="list">The header's value.</param>
    /// <param name="tag">The tag, with its quotes; a weak one is only named weakly, or by <c>*</c>.</param>
    /// <param name="weakly">Whether <c>W/"x"</c> names <c>"x"</c> too (weak comparison).</param>
    public static bool Match(ReadOnlySpan<char> list, ReadOnlySpan<char> tag, bool weakly)
    {
        list = list.Trim(" \t,");
        if (list is "*")
        {
            return true;
        }

        if (tag.StartsWith("W/", StringComparison.Ordinal))
        {
            return weakly && Match(list, tag[2..], weakly);
        }

        while (!list.IsEmpty)
        {
            var isWeak = list.StartsWith("W/", StringComparison.Ordinal);
            list = isWeak ? list[2..] : list;
            if (list.IsEmpty || list[0] != '"')
            {
                return false;
            }

            var end = list[1..].IndexOf('"');
            if (end < 0)
            {
                return false;
            }

            if ((weakly || !isWeak) && list[..(end + 2)].SequenceEqual(tag))
            {
                return true;
            }

            list = list[(end + 2)..].TrimStart(" \t,");
        }

        return false;
    }
}
