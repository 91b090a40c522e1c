using System.Globalization;

namespace Fabrik.Wire.Http;

/// <summary>What a <c>Range</c> header means for a representation.</summary>
public enum RangeKind
{
    /// <summary>All of it: no range, another unit, several ranges, or not well formed (RFC 9110, 14.2).</summary>
    Whole,

    /// <summary>One part of it.</summary>
    Part,

    /// <summary>A part that lies behind its end.</summary>
    Unsatisfiable,
}

/// <summary>A part of a representation: RFC 9110, section 14.</summary>
/// <param name="Offset">The first byte.</param>
/// <param name="Length">How many bytes.</param>
public readonly record struct ByteRange(long Offset, long Length)
{
    /// <summary>What a header in bytes begins with.</summary>
    internal const string Unit = "bytes=";

    /// <summary>
    /// Reads a <c>Range</c> header for a representation of <paramref name="size"/> bytes. Several ranges are taken as
    /// none, as the RFC allows (<see cref="ByteRanges"/> reads them): no build tool asks for them.
    /// </summary>
    public static RangeKind Parse(ReadOnlySpan<char> header, long size, out ByteRange range)
    {
        range = new ByteRange(0, size);
        header = header.Trim(" \t");
        if (!header.StartsWith(Unit, StringComparison.OrdinalIgnoreCase))
        {
            return RangeKind.Whole;
        }

        return ParseSpec(header[Unit.Length..], size, out range);
    }

    /// <summary>Reads one range, without the unit.</summary>
    internal static RangeKind ParseSpec(ReadOnlySpan<char> spec, long size, out ByteRange range)
    {
        range = new ByteRange(0, size);
        spec = spec.Trim(" \t");
        var dash = spec.IndexOf('-');
        if (dash < 0 || !IsPosition(spec[..dash]) || !IsPosition(spec[(dash + 1)..]))
        {
            return RangeKind.Whole;
        }

        var first = Position(spec[..dash]);
        var last = Position(spec[(dash + 1)..]);
        return (first, last) switch
        {
            (null, null) => RangeKind.Whole,
            (null, { } suffix) => Suffix(suffix, size, out range),
            ({ } start, _) when last < start => RangeKind.Whole,
            ({ } start, _) when start >= size => RangeKind.Unsatisfiable,
            ({ } start, _) => Part(start, Math.Min(last ?? long.MaxValue, size - 1), out range),
        };
    }

    private static RangeKind Suffix(long suffix, long size, out ByteRange range)
    {
        var length = Math.Min(suffix, size);
        range = new ByteRange(size - length, length);
        return suffix == 0 ? RangeKind.Unsatisfiable : size == 0 ? RangeKind.Whole : RangeKind.Part;
    }

    private static RangeKind Part(long first, long last, out ByteRange range)
    {
        range = new ByteRange(first, last - first + 1);
        return RangeKind.Part;
    }

    private static bool IsPosition(ReadOnlySpan<char> digits) => !digits.ContainsAnyExceptInRange('0', '9');

    /// <summary>The number, cut to the largest there is; null for no digits.</summary>
    private static long? Position(ReadOnlySpan<char> digits) =>
        digits.IsEmpty ? null
        : long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : long.MaxValue;
}
