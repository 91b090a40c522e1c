using System.Globalization;
using System.Text;

namespace Fabrik.Settings.Values;

/// <summary>Spans of time as people write them: <c>30s</c>, <c>7d</c>, <c>1h30m</c>, <c>500ms</c>.</summary>
internal static class Duration
{
    private static readonly (string Suffix, long Ticks)[] Units =
    [
        ("w", 7 * TimeSpan.TicksPerDay),
        ("d", TimeSpan.TicksPerDay),
        ("h", TimeSpan.TicksPerHour),
        ("m", TimeSpan.TicksPerMinute),
        ("s", TimeSpan.TicksPerSecond),
        ("ms", TimeSpan.TicksPerMillisecond),
    ];

    /// <summary>
    /// Reads a span: one or more of a whole number with its unit, larger units first. A bare <c>0</c> needs none.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan span)
    {
        span = TimeSpan.Zero;
        text = text.Trim();
        if (text is "0")
        {
            return true;
        }

        int lastUnit = -1;
        long ticks = 0;
        while (!text.IsEmpty)
        {
            int digits = text.IndexOfAnyExceptInRange('0', '9');
            if (digits is <= 0 or > 15)
            {
                return false;
            }

            long count = long.Parse(text[..digits], CultureInfo.InvariantCulture);
            text = text[digits..];
            int letters = text.IndexOfAnyInRange('0', '9');
            int unit = UnitOf(letters < 0 ? text : text[..letters]);
            if (unit <= lastUnit || count > (TimeSpan.MaxValue.Ticks - ticks) / Units[unit].Ticks)
            {
                return false;
            }

            ticks += count * Units[unit].Ticks;
            text = letters < 0 ? [] : text[letters..];
            lastUnit = unit;
        }

        span = TimeSpan.FromTicks(ticks);
        return lastUnit >= 0;
    }

    /// <summary>The shortest form, which <see cref="TryParse"/> reads back; whole milliseconds.</summary>
    public static string Format(TimeSpan span)
    {
        StringBuilder text = new();
        long rest = span.Ticks;
        foreach ((string suffix, long ticks) in Units.AsSpan(1))
        {
            if (rest / ticks > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"{rest / ticks}{suffix}");
            }

            rest %= ticks;
        }

        return text.Length == 0 ? "0s" : text.ToString();
    }

    private static int UnitOf(ReadOnlySpan<char> suffix)
    {
        for (int i = 0; i < Units.Length; i++)
        {
            if (suffix.SequenceEqual(Units[i].Suffix))
            {
                return i;
            }
        }

        return -1;
    }
}
