namespace Fabrik.Wire.Http.Caching;

/// <summary>A number of seconds that is not negative: RFC 9111, section 1.2.2.</summary>
internal static class DeltaSeconds
{
    /// <summary>What a larger number is taken for; the RFC names it.</summary>
    public const long Max = 1L << 31;

    /// <summary>Reads digits, and nothing but digits.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan delta)
    {
        var seconds = 0L;
        foreach (var character in text)
        {
            if (!char.IsAsciiDigit(character))
            {
                delta = TimeSpan.Zero;
                return false;
            }

            seconds = Math.Min(Max, (seconds * 10) + (character - '0'));
        }

        delta = TimeSpan.FromSeconds(seconds);
        return !text.IsEmpty;
    }
}
