using System.Globalization;
using Fabrik.Wire.Http;

namespace Fabrik.Wire.S3.Signing;

/// <summary>Times as signatures carry them: ISO 8601 basic form, UTC, to the second.</summary>
public static class AmzDate
{
    private const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>Letters of a time.</summary>
    internal const int Length = 16;

    /// <summary>Writes a time as <c>20130524T000000Z</c>.</summary>
    public static string Format(DateTimeOffset time) =>
        time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    /// <summary>Reads <c>20130524T000000Z</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset time) => DateTimeOffset.TryParseExact(
        text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);

    /// <summary>Reads what a <c>Date</c> header may hold where <c>x-amz-date</c> is not sent: both forms.</summary>
    internal static bool TryParseEither(ReadOnlySpan<char> text, out DateTimeOffset time) =>
        TryParse(text, out time) || HttpDate.TryParse(text, out time);

    /// <summary>The day in a credential's scope, as the number 20130524.</summary>
    internal static int DayOf(DateTimeOffset time)
    {
        var utc = time.UtcDateTime;
        return (utc.Year * 10000) + (utc.Month * 100) + utc.Day;
    }
}
