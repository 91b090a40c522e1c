using System.Globalization;

namespace Fabrik.Wire.Http;

/// <summary>Dates in the three forms that a recipient has to take: RFC 9110, section 5.6.7.</summary>
/// <remarks>
/// The case of letters is ignored and a day's name need not be that of the date; everything else has to stand as the
/// grammar says, because what is not a date means something else to a cache (an invalid <c>Expires</c> is the past).
/// </remarks>
public static class HttpDate
{
    private const string Zone = " GMT";

    /// <summary>What a year of two digits means where no clock is given: 1970 to 2069.</summary>
    private const int LastShortYear = 2069;

    /// <summary>By RFC 9110, a short year is never more than so many years ahead.</summary>
    private const int YearsAhead = 50;

    private static readonly string[] Months =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

    private static readonly string[] Days =
        ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

    /// <summary>Reads a date; the accuracy is a second. A year of two digits is one of 1970 to 2069.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset date) =>
        TryParse(text, LastShortYear, out date);

    /// <summary>
    /// Reads a date; the accuracy is a second. A year of two digits is at most 50 years after <paramref name="now"/>.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, DateTimeOffset now, out DateTimeOffset date) =>
        TryParse(text, now.UtcDateTime.Year + YearsAhead, out date);

    /// <summary>Writes a date in the preferred form.</summary>
    public static string Format(DateTimeOffset date) => date.UtcDateTime.ToString("r", CultureInfo.InvariantCulture);

    private static bool TryParse(ReadOnlySpan<char> text, int lastShortYear, out DateTimeOffset date)
    {
        text = text.Trim(" \t");
        var comma = text.IndexOf(',');
        return comma switch
        {
            < 0 => TryReadAsctime(text, out date),
            3 => TryReadFixdate(text, out date),
            _ => TryReadRfc850(text, comma, lastShortYear, out date),
        };
    }

    // Sun, 06 Nov 1994 08:49:37 GMT
    private static bool TryReadFixdate(ReadOnlySpan<char> text, out DateTimeOffset date)
    {
        date = default;
        return text.Length == 29
            && IsDay(text[..3], isShort: true)
            && text[4] == ' ' && text[7] == ' ' && text[11] == ' ' && text[16] == ' '
            && text[25..].Equals(Zone, StringComparison.OrdinalIgnoreCase)
            && TryReadNumber(text[12..16], out var year)
            && TryReadNumber(text[5..7], out var day)
            && TryCompose(year, text[8..11], day, text[17..25], out date);
    }

    // Sunday, 06-Nov-94 08:49:37 GMT
    private static bool TryReadRfc850(
        ReadOnlySpan<char> text, int comma, int lastYear, out DateTimeOffset date)
    {
        date = default;
        var rest = text[(comma + 1)..];
        if (rest.Length != 23
            || !IsDay(text[..comma], isShort: false)
            || rest[0] != ' ' || rest[3] != '-' || rest[7] != '-' || rest[10] != ' '
            || !rest[19..].Equals(Zone, StringComparison.OrdinalIgnoreCase)
            || !TryReadNumber(rest[8..10], out var year)
            || !TryReadNumber(rest[1..3], out var day))
        {
            return false;
        }

        year += lastYear / 100 * 100;
        return TryCompose(year > lastYear ? year - 100 : year, rest[4..7], day, rest[11..19], out date);
    }

    // Sun Nov  6 08:49:37 1994
    private static bool TryReadAsctime(ReadOnlySpan<char> text, out DateTimeOffset date)
    {
        date = default;
        return text.Length == 24
            && IsDay(text[..3], isShort: true)
            && text[3] == ' ' && text[7] == ' ' && text[10] == ' ' && text[19] == ' '
            && TryReadNumber(text[20..24], out var year)
            && TryReadNumber(text[8] == ' ' ? text[9..10] : text[8..10], out var day)
            && TryCompose(year, text[4..7], day, text[11..19], out date);
    }

    private static bool TryCompose(
        int year, ReadOnlySpan<char> monthName, int day, ReadOnlySpan<char> time, out DateTimeOffset date)
    {
        date = default;
        var month = 1 + IndexOf(Months, monthName, length: 3);
        if (time[2] != ':' || time[5] != ':'
            || !TryReadNumber(time[..2], out var hour)
            || !TryReadNumber(time[3..5], out var minute)
            || !TryReadNumber(time[6..8], out var second)
            || month == 0 || year == 0 || hour > 23 || minute > 59 || second > 60
            || day == 0 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        // A leap second is one of the grammar, but not of the calendar here.
        date = new DateTimeOffset(year, month, day, hour, minute, Math.Min(second, 59), TimeSpan.Zero);
        return true;
    }

    private static bool IsDay(ReadOnlySpan<char> name, bool isShort) =>
        IndexOf(Days, name, isShort ? 3 : int.MaxValue) >= 0;

    private static int IndexOf(string[] names, ReadOnlySpan<char> name, int length)
    {
        for (var i = 0; i < names.Length; i++)
        {
            var known = names[i].AsSpan(0, Math.Min(length, names[i].Length));
            if (name.Equals(known, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return -1;
    }

    private static bool TryReadNumber(ReadOnlySpan<char> digits, out int number) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
