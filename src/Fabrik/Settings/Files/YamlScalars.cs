using System.Globalization;
using Fabrik.Settings.Tree;

namespace Fabrik.Settings.Files;

/// <summary>
/// What a plain scalar is, by the core schema of YAML 1.2 (section 10.3.2): <c>yes</c> and <c>on</c> are strings.
/// </summary>
internal static class YamlScalars
{
    public static ScalarKind KindOf(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => ScalarKind.Null,
        "true" or "True" or "TRUE" or "false" or "False" or "FALSE" => ScalarKind.Boolean,
        _ when IsInteger(text) => ScalarKind.Integer,
        _ when IsFloat(text) => ScalarKind.Float,
        _ => ScalarKind.Text,
    };

    /// <summary>The kind that a standard tag names; null for any other tag.</summary>
    public static ScalarKind? KindOfTag(string tag) => tag switch
    {
        "tag:yaml.org,2002:str" => ScalarKind.Text,
        "tag:yaml.org,2002:int" => ScalarKind.Integer,
        "tag:yaml.org,2002:float" => ScalarKind.Float,
        "tag:yaml.org,2002:bool" => ScalarKind.Boolean,
        "tag:yaml.org,2002:null" => ScalarKind.Null,
        _ => null,
    };

    /// <summary>Decimal digits for an integer of any base, lower case for a boolean; the rest as it is.</summary>
    public static string Normalize(string text, ScalarKind kind) => kind switch
    {
        ScalarKind.Boolean => text.ToLowerInvariant(),
        ScalarKind.Integer when text.StartsWith("0x", StringComparison.Ordinal) => FromBase(text, 16),
        ScalarKind.Integer when text.StartsWith("0o", StringComparison.Ordinal) => FromBase(text, 8),
        _ => text,
    };

    private static bool IsInteger(string text)
    {
        if (text.StartsWith("0x", StringComparison.Ordinal))
        {
            return text.Length > 2 && text.Skip(2).All(char.IsAsciiHexDigit);
        }

        if (text.StartsWith("0o", StringComparison.Ordinal))
        {
            return text.Length > 2 && text.AsSpan(2).IndexOfAnyExceptInRange('0', '7') < 0;
        }

        ReadOnlySpan<char> digits = text[0] is '+' or '-' ? text.AsSpan(1) : text;
        return digits.Length > 0 && digits.IndexOfAnyExceptInRange('0', '9') < 0;
    }

    private static bool IsFloat(string text)
    {
        string unsigned = text[0] is '+' or '-' ? text[1..] : text;
        if (unsigned is ".inf" or ".Inf" or ".INF" || text is ".nan" or ".NaN" or ".NAN")
        {
            return true;
        }

        const NumberStyles Style = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return unsigned.Length > 0
            && (char.IsAsciiDigit(unsigned[0]) || unsigned[0] == '.')
            && double.TryParse(unsigned, Style, CultureInfo.InvariantCulture, out _);
    }

    // A number too large for 64 bits stays as it is written, and is refused where a number is wanted.
    private static string FromBase(string text, int radix)
    {
        long value = 0;
        foreach (char c in text.AsSpan(2))
        {
            int digit = char.IsAsciiDigit(c) ? c - '0' : char.ToLowerInvariant(c) - 'a' + 10;
            if (digit < 0 || digit >= radix || value > (long.MaxValue - digit) / radix)
            {
                return text;
            }

            value = (value * radix) + digit;
        }

        return value.ToString(CultureInfo.InvariantCulture);
    }
}
