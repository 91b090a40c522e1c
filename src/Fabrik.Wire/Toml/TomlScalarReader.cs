using System.Globalization;

namespace Fabrik.Wire.Toml;

/// <summary>Booleans, numbers and dates: what is written without quotes or brackets.</summary>
internal static class TomlScalarReader
{
    /// <summary>Reads the scalar here, or takes down an error and gives null.</summary>
    public static TomlValue? Read(TomlCursor cursor, TomlVersion version)
    {
        TomlPosition position = cursor.Position;
        ReadOnlySpan<char> token = Take(cursor);
        TomlValue? value = token switch
        {
            "true" => new TomlBoolean(position, true),
            "false" => new TomlBoolean(position, false),
            _ => null,
        };
        if (token.IsEmpty)
        {
            cursor.FailExpected("a value");
            return null;
        }

        value ??= TomlDateTimeReader.LooksLikeOne(token)
            ? TomlDateTimeReader.Read(token, position, version)
            : ReadInteger(token, position) ?? (TomlValue?)ReadFloat(token, position);
        if (value is null)
        {
            cursor.FailAt(position, Problem(token));
        }

        return value;
    }

    private static ReadOnlySpan<char> Take(TomlCursor cursor)
    {
        int start = cursor.Offset;
        SkipToken(cursor);
        bool dateThenTime = cursor.Offset - start == "1979-05-27".Length
            && TomlDateTimeReader.LooksLikeOne(cursor.Slice(start))
            && cursor.Peek() == ' '
            && char.IsAsciiDigit(cursor.Peek(1));
        if (dateThenTime)
        {
            cursor.Skip();
            SkipToken(cursor);
        }

        return cursor.Slice(start);
    }

    private static void SkipToken(TomlCursor cursor)
    {
        while (char.IsAsciiLetterOrDigit(cursor.Peek()) || cursor.Peek() is '+' or '-' or '_' or '.' or ':')
        {
            cursor.Skip();
        }
    }

    private static string Problem(ReadOnlySpan<char> token)
    {
        if (TomlDateTimeReader.LooksLikeOne(token))
        {
            return "expected a date or time as in RFC 3339, such as 1979-05-27T07:32:00Z";
        }

        return char.IsAsciiLetter(token[0])
            ? "expected a value, found a word without quotes"
            : "expected a number: an integer of 64 bits without leading zeros, or a float";
    }

    private static TomlInteger? ReadInteger(ReadOnlySpan<char> token, TomlPosition position)
    {
        int radix = token.Length > 2 && token[0] == '0' ? Radix(token[1]) : 10;
        if (radix != 10)
        {
            return HasDigits(token[2..], radix) && TryUnsigned(token[2..], radix, out long prefixed)
                ? new TomlInteger(position, prefixed)
                : null;
        }

        ReadOnlySpan<char> digits = token[0] is '+' or '-' ? token[1..] : token;
        bool isDecimal = HasDigits(digits, 10) && (digits.Length == 1 || digits[0] != '0');
        const NumberStyles Style = NumberStyles.AllowLeadingSign;
        return isDecimal && long.TryParse(Plain(token), Style, CultureInfo.InvariantCulture, out long value)
            ? new TomlInteger(position, value)
            : null;
    }

    private static int Radix(char prefix) => prefix switch
    {
        'x' => 16,
        'o' => 8,
        'b' => 2,
        _ => 10,
    };

    private static bool TryUnsigned(ReadOnlySpan<char> digits, int radix, out long value)
    {
        value = 0;
        foreach (char c in digits)
        {
            if (c == '_')
            {
                continue;
            }

            int digit = char.IsAsciiDigit(c) ? c - '0' : char.ToLowerInvariant(c) - 'a' + 10;
            if (value > (long.MaxValue - digit) / radix)
            {
                return false;
            }

            value = (value * radix) + digit;
        }

        return true;
    }

    private static TomlFloat? ReadFloat(ReadOnlySpan<char> token, TomlPosition position)
    {
        ReadOnlySpan<char> rest = token[0] is '+' or '-' ? token[1..] : token;
        if (rest is "inf")
        {
            return new TomlFloat(position, token[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity);
        }

        if (rest is "nan")
        {
            return new TomlFloat(position, double.NaN);
        }

        return IsFloat(rest) ? new TomlFloat(position, double.Parse(Plain(token), CultureInfo.InvariantCulture)) : null;
    }

    private static bool IsFloat(ReadOnlySpan<char> text)
    {
        int exponentAt = text.IndexOfAny('e', 'E');
        if (exponentAt >= 0)
        {
            ReadOnlySpan<char> exponent = text[(exponentAt + 1)..];
            exponent = exponent.Length > 0 && exponent[0] is '+' or '-' ? exponent[1..] : exponent;
            if (!HasDigits(exponent, 10))
            {
                return false;
            }

            text = text[..exponentAt];
        }

        int dot = text.IndexOf('.');
        if (dot >= 0 && !HasDigits(text[(dot + 1)..], 10))
        {
            return false;
        }

        ReadOnlySpan<char> whole = dot >= 0 ? text[..dot] : text;
        return (dot >= 0 || exponentAt >= 0) && HasDigits(whole, 10) && (whole.Length == 1 || whole[0] != '0');
    }

    // At least one digit; underscores only between two digits.
    private static bool HasDigits(ReadOnlySpan<char> text, int radix)
    {
        bool afterDigit = false;
        foreach (char c in text)
        {
            bool isDigit = radix == 16 ? char.IsAsciiHexDigit(c) : c >= '0' && c < '0' + radix;
            if (!isDigit && !(c == '_' && afterDigit))
            {
                return false;
            }

            afterDigit = isDigit;
        }

        return afterDigit;
    }

    private static string Plain(ReadOnlySpan<char> token) =>
        token.ToString().Replace("_", "", StringComparison.Ordinal);
}
