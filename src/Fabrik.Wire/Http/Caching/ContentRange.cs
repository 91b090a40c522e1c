using System.Globalization;

namespace Fabrik.Wire.Http.Caching;

/// <summary>A <c>Content-Range</c> in bytes: RFC 9110, section 14.4.</summary>
/// <param name="Range">The part that came.</param>
/// <param name="Size">The whole's bytes, or null when the sender does not know (<c>*</c>).</param>
public readonly record struct ContentRange(ByteRange Range, long? Size)
{
    private const string Unit = "bytes ";

    /// <summary>Reads the field of a 206; false for anything else, an unsatisfied range among it.</summary>
    public static bool TryParse(ReadOnlySpan<char> value, out ContentRange range)
    {
        range = default;
        value = value.Trim(" \t");
        if (!value.StartsWith(Unit, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        value = value[Unit.Length..];
        var slash = value.IndexOf('/');
        var dash = value.IndexOf('-');
        if (dash < 0 || slash < dash
            || !TryReadNumber(value[..dash], out var first)
            || !TryReadNumber(value[(dash + 1)..slash], out var last)
            || last < first || last == long.MaxValue)
        {
            return false;
        }

        long? size = null;
        if (value[(slash + 1)..] is not "*")
        {
            if (!TryReadNumber(value[(slash + 1)..], out var whole) || whole <= last)
            {
                return false;
            }

            size = whole;
        }

        range = new ContentRange(new ByteRange(first, last - first + 1), size);
        return true;
    }

    /// <summary>Writes the field of a 206.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Unit}{Range.Offset}-{Range.Offset + Range.Length - 1}/{(Size is { } size ? size : "*")}");

    /// <summary>Writes the field of a 416: RFC 9110, section 15.5.17.</summary>
    public static string Unsatisfied(long size) => string.Create(CultureInfo.InvariantCulture, $"{Unit}*/{size}");

    private static bool TryReadNumber(ReadOnlySpan<char> digits, out long number) =>
        long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
