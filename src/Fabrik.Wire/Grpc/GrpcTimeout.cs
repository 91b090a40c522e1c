using System.Globalization;

namespace Fabrik.Wire.Grpc;

/// <summary>The value of <c>grpc-timeout</c>: at most 8 digits and a unit (gRPC over HTTP/2, "Timeout").</summary>
public static class GrpcTimeout
{
    private const int MaxDigits = 8;
    private const long MaxValue = 99_999_999;

    /// <summary>Reads a value. Nanoseconds are rounded up to ticks of 100; zero has run out already.</summary>
    /// <returns>False if it is not well formed.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > MaxDigits + 1
            || !long.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        long? ticks = text[^1] switch
        {
            'H' => value * TimeSpan.TicksPerHour,
            'M' => value * TimeSpan.TicksPerMinute,
            'S' => value * TimeSpan.TicksPerSecond,
            'm' => value * TimeSpan.TicksPerMillisecond,
            'u' => value * TimeSpan.TicksPerMicrosecond,
            'n' => (value + TimeSpan.NanosecondsPerTick - 1) / TimeSpan.NanosecondsPerTick,
            _ => null,
        };
        timeout = new TimeSpan(ticks ?? 0);
        return ticks is not null;
    }

    /// <summary>
    /// Writes a value in the finest unit that has room for it, rounded up: the server never gives up before the client.
    /// A time that has run out is one nanosecond, and nothing is longer than 99999999 hours.
    /// </summary>
    public static string Format(TimeSpan timeout)
    {
        if (timeout <= TimeSpan.Zero)
        {
            return "1n";
        }

        var ticks = timeout.Ticks;
        return ticks <= MaxValue / TimeSpan.NanosecondsPerTick ? Write(ticks * TimeSpan.NanosecondsPerTick, 'n')
            : Fits(ticks, TimeSpan.TicksPerMicrosecond, out var value) ? Write(value, 'u')
            : Fits(ticks, TimeSpan.TicksPerMillisecond, out value) ? Write(value, 'm')
            : Fits(ticks, TimeSpan.TicksPerSecond, out value) ? Write(value, 'S')
            : Fits(ticks, TimeSpan.TicksPerMinute, out value) ? Write(value, 'M')
            : Write(Math.Min(RoundUp(ticks, TimeSpan.TicksPerHour), MaxValue), 'H');
    }

    private static bool Fits(long ticks, long unit, out long value)
    {
        value = RoundUp(ticks, unit);
        return value <= MaxValue;
    }

    private static long RoundUp(long ticks, long unit) => (ticks / unit) + (ticks % unit == 0 ? 0 : 1);

    private static string Write(long value, char unit) => string.Create(CultureInfo.InvariantCulture, $"{value}{unit}");
}
