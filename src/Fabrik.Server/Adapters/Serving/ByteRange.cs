using System.Globalization;

namespace Fabrik.Server.Adapters.Serving;

/// <summary>A part of an artifact (RFC 9110, section 14).</summary>
/// <param name="Offset">Its first byte.</param>
/// <param name="Count">How many bytes it has.</param>
internal readonly record struct ByteRange(long Offset, long Count)
{
    private const string Unit = "bytes=";

    /// <summary>
    /// Reads a <c>Range</c> header against a body of <paramref name="size"/> bytes. <see langword="null"/> stands for the
    /// whole body: no header, several ranges, another unit or bad syntax, all of which a server may ignore.
    /// </summary>
    /// <returns>False when no byte of the body is in the range: 416.</returns>
    public static bool TryRead(string? header, long size, out ByteRange? range)
    {
        range = null;
        if (header is null || !header.StartsWith(Unit, StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        var text = header.AsSpan(Unit.Length).Trim();
        var dash = text.IndexOf('-');
        if (dash < 0 || text.Contains(','))
        {
            return true;
        }

        var first = text[..dash];
        var last = text[(dash + 1)..];
        if (first.IsEmpty)
        {
            return TryReadSuffix(last, size, out range);
        }

        var end = long.MaxValue;
        if (!TryDigits(first, out var start) || (!last.IsEmpty && !TryDigits(last, out end)) || end < start)
        {
            return true;
        }

        if (start >= size)
        {
            return false;
        }

        range = new ByteRange(start, Math.Min(end, size - 1) - start + 1);
        return true;
    }

    private static bool TryReadSuffix(ReadOnlySpan<char> digits, long size, out ByteRange? range)
    {
        range = null;
        if (!TryDigits(digits, out var count))
        {
            return true;
        }

        if (count == 0 || size == 0)
        {
            return false;
        }

        count = Math.Min(count, size);
        range = new ByteRange(size - count, count);
        return true;
    }

    private static bool TryDigits(ReadOnlySpan<char> digits, out long value) =>
        long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
