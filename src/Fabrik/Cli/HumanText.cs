using System.Globalization;

namespace Fabrik.Cli;

/// <summary>Numbers for people.</summary>
internal static class HumanText
{
    private static readonly string[] Units = ["B", "kB", "MB", "GB", "TB", "PB"];

    /// <summary>Bytes with a decimal unit and three digits: <c>1.23 GB</c>, as <c>max_size</c> is written.</summary>
    public static string Bytes(long bytes)
    {
        double value = bytes;
        int unit = 0;
        while (value >= 999.5 && unit < Units.Length - 1)
        {
            value /= 1000;
            unit++;
        }

        string digits = unit == 0 ? "0" : value < 9.995 ? "0.00" : value < 99.95 ? "0.0" : "0";
        return $"{value.ToString(digits, CultureInfo.InvariantCulture)} {Units[unit]}";
    }

    /// <summary>A count with separators: <c>12,345</c>.</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A count of things: <c>1 entry</c>, <c>12,345 entries</c>.</summary>
    public static string Count(long count, string one, string many) => $"{Count(count)} {(count == 1 ? one : many)}";

    /// <summary>A part of a whole: <c>12.3 %</c>.</summary>
    public static string Percent(long part, long whole) =>
        whole == 0 ? "0 %" : $"{(100.0 * part / whole).ToString("0.#", CultureInfo.InvariantCulture)} %";

    /// <summary>A text that others chose, on one line and without what drives a terminal.</summary>
    public static string Printable(string text) =>
        string.Concat(text.Select(c => IsPrintable(c) ? c.ToString() : $"\\u{(int)c:X4}"));

    private static bool IsPrintable(char c) => CharUnicodeInfo.GetUnicodeCategory(c)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator);

    /// <summary>How long ago: <c>3 min</c>.</summary>
    public static string Ago(TimeSpan age) => age switch
    {
        { TotalSeconds: < 60 } => $"{Math.Max(0, (int)age.TotalSeconds)} s",
        { TotalMinutes: < 60 } => $"{(int)age.TotalMinutes} min",
        { TotalHours: < 48 } => $"{(int)age.TotalHours} h",
        _ => $"{(int)age.TotalDays} d",
    };
}
