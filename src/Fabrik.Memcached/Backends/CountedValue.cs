using System.Buffers.Text;

namespace Fabrik.Memcached.Backends;

/// <summary>Numbers that are values: decimal digits of 64 bits without a sign.</summary>
internal static class CountedValue
{
    private const int MaxDigits = 20;

    /// <summary>Counts.</summary>
    /// <param name="value">The value that there is; spaces behind its digits are memcached's way to shorten
    /// numbers.</param>
    /// <param name="command">By how much, and in which direction: beyond 64 bits it begins at 0, below 0 it ends
    /// there.</param>
    /// <param name="number">What it leads to.</param>
    /// <returns>False for a value that is no number.</returns>
    public static bool TryCount(ReadOnlySpan<byte> value, BackendCommand command, out ulong number)
    {
        var digits = value.TrimEnd((byte)' ');
        if (digits.Length > MaxDigits
            || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            || !Utf8Parser.TryParse(digits, out number, out int _))
        {
            number = 0;
            return false;
        }

        number = command.Action == BackendAction.Increment ? unchecked(number + command.Delta)
            : number > command.Delta ? number - command.Delta
            : 0;
        return true;
    }

    /// <summary>The value of a number.</summary>
    public static byte[] Write(ulong number)
    {
        Span<byte> digits = stackalloc byte[MaxDigits];
        Utf8Formatter.TryFormat(number, digits, out var length);
        return digits[..length].ToArray();
    }
}
