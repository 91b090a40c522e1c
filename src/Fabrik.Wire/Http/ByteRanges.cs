namespace Fabrik.Wire.Http;

/// <summary>Several parts of a representation in one <c>Range</c> header: RFC 9110, sections 14.1.1 and 14.2.</summary>
public static class ByteRanges
{
    /// <summary>A header with more ranges is not heeded, as section 14.2 advises against abuse.</summary>
    public const int MaxRanges = 16;

    /// <summary>
    /// A gap that is sent rather than left out: about what a part's own header costs (section 15.3.7.2).
    /// </summary>
    public const int SmallGap = 80;

    /// <summary>Reads a <c>Range</c> header for a representation of <paramref name="size"/> bytes.</summary>
    /// <param name="header">Its value.</param>
    /// <param name="size">The representation's bytes.</param>
    /// <param name="ranges">
    /// The parts, for <see cref="RangeKind.Part"/>: at least one, none of them overlapping. Parts that overlap, or are
    /// next to each other but for a small gap, are made one; then all of them ascend, else they are in the order asked
    /// for.
    /// </param>
    public static RangeKind Parse(ReadOnlySpan<char> header, long size, out IReadOnlyList<ByteRange> ranges)
    {
        ranges = [];
        header = header.Trim(" \t");
        if (!header.StartsWith(ByteRange.Unit, StringComparison.OrdinalIgnoreCase))
        {
            return RangeKind.Whole;
        }

        var specs = header[ByteRange.Unit.Length..];
        var parts = new List<ByteRange>();
        var count = 0;
        foreach (var member in specs.Split(','))
        {
            var spec = specs[member].Trim(" \t");
            if (spec.IsEmpty)
            {
                continue;
            }

            var kind = ByteRange.ParseSpec(spec, size, out var range);
            if (kind == RangeKind.Whole || ++count > MaxRanges)
            {
                return RangeKind.Whole;
            }

            if (kind == RangeKind.Part)
            {
                parts.Add(range);
            }
        }

        ranges = Coalesce(parts);
        return parts.Count > 0 ? RangeKind.Part : count > 0 ? RangeKind.Unsatisfiable : RangeKind.Whole;
    }

    private static List<ByteRange> Coalesce(List<ByteRange> parts)
    {
        var sorted = parts.OrderBy(part => part.Offset).ToList();
        var merged = new List<ByteRange>(parts.Count);
        foreach (var part in sorted)
        {
            if (merged.Count > 0 && part.Offset - End(merged[^1]) <= SmallGap)
            {
                var last = merged[^1];
                merged[^1] = last with { Length = Math.Max(End(last), End(part)) - last.Offset };
            }
            else
            {
                merged.Add(part);
            }
        }

        return merged.Count == parts.Count ? parts : merged;
    }

    private static long End(ByteRange range) => range.Offset + range.Length;
}
