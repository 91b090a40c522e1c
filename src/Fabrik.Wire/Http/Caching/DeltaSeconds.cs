using System.Globalization;

namespace Fabrik.Wire.Http.Caching;

/// <summary>A number of seconds that is not negative: RFC 9111, section 1.2.2.</summary>
internal static class DeltaSeconds
{
    /// <summary>What a larger number is taken for; the RFC names it.</summary>
    public const long Max = 1L << 31;

    /// <summary>Reads digits, and nothing but digits.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan delta)
    {
        delta = TimeSpan.Zero;
        if (text.IsEmpty || text.ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        var isShort = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds);
        delta = TimeSpan.FromSeconds(isShort ? Math.Min(seconds, Max) : Max);
        return true;
    }
}
