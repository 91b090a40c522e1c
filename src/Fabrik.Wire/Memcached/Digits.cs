namespace Fabrik.Wire.Memcached;

/// <summary>
/// Decimal numbers of lines. memcached reads them by <c>strtol</c>; what that takes beyond digits and a sign, white
/// space around them, is refused here, with the same error line.
/// </summary>
internal static class Digits
{
    /// <summary>The most digits of a number of 64 bits.</summary>
    public const int MaxLength = 20;

    /// <summary>Reads a number without a sign, or with <c>+</c>; <c>-0</c> is 0.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out ulong value)
    {
        if (!text.IsEmpty && text[0] is (byte)'+' or (byte)'-')
        {
            return TryReadDigits(text[1..], out value) && (text[0] == (byte)'+' || value == 0);
        }

        return TryReadDigits(text, out value);
    }

    /// <summary>Reads a number with or without a sign.</summary>
    public static bool TryReadSigned(ReadOnlySpan<byte> text, out long value)
    {
        bool isNegative = !text.IsEmpty && text[0] == (byte)'-';
        bool hasSign = isNegative || (!text.IsEmpty && text[0] == (byte)'+');
        bool isNumber = TryReadDigits(hasSign ? text[1..] : text, out ulong size);
        value = isNegative ? unchecked(-(long)size) : (long)size;
        return isNumber && size <= (isNegative ? 1UL << 63 : long.MaxValue);
    }

    /// <summary>Reads a length: not negative, and no more than an array may have.</summary>
    public static bool TryReadLength(ReadOnlySpan<byte> text, out int length)
    {
        bool isNumber = TryRead(text, out ulong value) && value <= int.MaxValue - 2;
        length = isNumber ? (int)value : 0;
        return isNumber;
    }

    private static bool TryReadDigits(ReadOnlySpan<byte> text, out ulong value)
    {
        value = 0;
        if (text.IsEmpty)
        {
            return false;
        }

        foreach (byte digit in text)
        {
            uint number = (uint)digit - '0';
            if (number > 9 || value > (ulong.MaxValue - number) / 10)
            {
                return false;
            }

            value = (value * 10) + number;
        }

        return true;
    }
}
