using System.Globalization;

namespace Fabrik.Settings.Values;

/// <summary>
/// A number of bytes. Written as <c>10GB</c> (powers of 1000), <c>512MiB</c> (powers of 1024), or plain bytes.
/// </summary>
/// <param name="Bytes">The number, never negative.</param>
internal readonly record struct ByteSize(long Bytes) : IComparable<ByteSize>
{
    // Longest suffix first, so that "B" does not take what "GiB" ends with.
    private static readonly (string Suffix, long Factor)[] Units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40), ("PiB", 1L << 50),
        ("kB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
        ("PB", 1_000_000_000_000_000),
        ("B", 1),
    ];

    public static ByteSize KiB(long count) => new(count << 10);

    public static ByteSize MiB(long count) => new(count << 20);

    public static ByteSize GiB(long count) => new(count << 30);

    /// <summary>Billions of bytes.</summary>
    public static ByteSize GB(long count) => new(count * 1_000_000_000);

    /// <summary>
    /// Reads a size. Units in any case, blanks before the unit, and a fraction before a unit are allowed.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ByteSize size)
    {
        size = default;
        text = text.Trim();
        long factor = 1;
        foreach ((string suffix, long unit) in Units)
        {
            if (text.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            {
                factor = unit;
                text = text[..^suffix.Length].TrimEnd();
                break;
            }
        }

        const NumberStyles Style = NumberStyles.AllowDecimalPoint;
        bool isNumber = decimal.TryParse(text, Style, CultureInfo.InvariantCulture, out decimal count);
        if (!isNumber || count > long.MaxValue / factor)
        {
            return false;
        }

        decimal bytes = count * factor;
        size = new ByteSize((long)bytes);
        return bytes == decimal.Truncate(bytes);
    }

    public int CompareTo(ByteSize other) => Bytes.CompareTo(other.Bytes);

    public static bool operator <(ByteSize left, ByteSize right) => left.Bytes < right.Bytes;

    public static bool operator >(ByteSize left, ByteSize right) => left.Bytes > right.Bytes;

    public static bool operator <=(ByteSize left, ByteSize right) => left.Bytes <= right.Bytes;

    public static bool operator >=(ByteSize left, ByteSize right) => left.Bytes >= right.Bytes;

    /// <summary>The shortest exact form, which <see cref="TryParse"/> reads back.</summary>
    public override string ToString()
    {
        string shortest = $"{Bytes}B";
        foreach ((string suffix, long factor) in Units)
        {
            string text = $"{Bytes / factor}{suffix}";
            bool isExact = Bytes > 0 && Bytes % factor == 0;
            shortest = isExact && text.Length - suffix.Length < shortest.TrimEnd('B').Length ? text : shortest;
        }

        return shortest;
    }
}
