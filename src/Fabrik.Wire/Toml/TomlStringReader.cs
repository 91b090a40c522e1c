using System.Globalization;
using System.Text;

namespace Fabrik.Wire.Toml;

/// <summary>Strings of the four forms. A null result means that an error was taken down.</summary>
internal sealed class TomlStringReader(TomlCursor cursor, TomlVersion version)
{
    /// <summary>Reads the string that begins at the quote here.</summary>
    public string? Read()
    {
        char quote = cursor.Peek();
        return cursor.Peek(1) == quote && cursor.Peek(2) == quote ? ReadMultiLine(quote) : ReadOneLine();
    }

    /// <summary>Reads a string that may not span lines, as a key may be one.</summary>
    public string? ReadOneLine()
    {
        TomlPosition start = cursor.Position;
        char quote = cursor.Peek();
        cursor.Skip();
        StringBuilder text = new();
        while (!cursor.TrySkip(quote))
        {
            if (cursor.AtEnd || cursor.Peek() is '\n' or '\r')
            {
                cursor.FailAt(start, $"expected a closing {quote} on the same line, found none");
                return null;
            }

            if (!TryCharacter(quote, text))
            {
                return null;
            }
        }

        return text.ToString();
    }

    private string? ReadMultiLine(char quote)
    {
        TomlPosition start = cursor.Position;
        string close = new(quote, 3);
        cursor.Skip(3);
        cursor.TryLineBreak();
        StringBuilder text = new();
        while (!cursor.StartsWith(close))
        {
            if (cursor.AtEnd)
            {
                cursor.FailAt(start, $"expected a closing {close}, found the end of the file");
                return null;
            }

            int at = cursor.Offset;
            if (cursor.TryLineBreak())
            {
                text.Append(cursor.Slice(at));
            }
            else if (!(quote == '"' && TrySkipFoldedBreak()) && !TryCharacter(quote, text))
            {
                return null;
            }
        }

        cursor.Skip(3);

        // Up to two quotes may stand directly before the closing three.
        for (int extra = 0; extra < 2 && cursor.TrySkip(quote); extra++)
        {
            text.Append(quote);
        }

        return text.ToString();
    }

    // A backslash at the end of a line takes away the break and all blank space up to the next text.
    private bool TrySkipFoldedBreak()
    {
        int ahead = 1;
        while (cursor.Peek() == '\\' && cursor.Peek(ahead) is ' ' or '\t')
        {
            ahead++;
        }

        bool folds = cursor.Peek() == '\\'
            && (cursor.Peek(ahead) == '\n' || (cursor.Peek(ahead) == '\r' && cursor.Peek(ahead + 1) == '\n'));
        if (!folds)
        {
            return false;
        }

        cursor.Skip();
        do
        {
            cursor.SkipBlanks();
        }
        while (cursor.TryLineBreak());
        return true;
    }

    private bool TryCharacter(char quote, StringBuilder text)
    {
        char c = cursor.Peek();
        if (c == '\\' && quote == '"')
        {
            return TryEscape(text);
        }

        if (!TomlComment.Allows(c))
        {
            return cursor.FailExpected("text without control characters in the string");
        }

        text.Append(c);
        cursor.Skip();
        return true;
    }

    private bool TryEscape(StringBuilder text)
    {
        char plain = cursor.Peek(1) switch
        {
            'b' => '\b',
            't' => '\t',
            'n' => '\n',
            'f' => '\f',
            'r' => '\r',
            '"' => '"',
            '\\' => '\\',
            'e' when version >= TomlVersion.V1_1 => '\u001B',
            _ => TomlCursor.End,
        };
        if (plain != TomlCursor.End)
        {
            cursor.Skip(2);
            text.Append(plain);
            return true;
        }

        int digits = cursor.Peek(1) switch
        {
            'u' => 4,
            'U' => 8,
            'x' when version >= TomlVersion.V1_1 => 2,
            _ => 0,
        };
        return digits == 0
            ? cursor.Fail($"expected an escape (one of {Escapes}) after the backslash")
            : TryHexEscape(digits, text);
    }

    private string Escapes => version >= TomlVersion.V1_1
        ? @"\b \t \n \f \r \e \"" \\ \xHH \uHHHH \UHHHHHHHH"
        : @"\b \t \n \f \r \"" \\ \uHHHH \UHHHHHHHH";

    private bool TryHexEscape(int digits, StringBuilder text)
    {
        TomlPosition start = cursor.Position;
        cursor.Skip(2);
        int from = cursor.Offset;
        while (cursor.Offset - from < digits && char.IsAsciiHexDigit(cursor.Peek()))
        {
            cursor.Skip();
        }

        ReadOnlySpan<char> hex = cursor.Slice(from);
        if (hex.Length < digits)
        {
            return cursor.FailAt(start, $"expected {digits} hexadecimal digits in the escape, found {hex.Length}");
        }

        uint scalar = uint.Parse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        if (!Rune.IsValid(scalar))
        {
            return cursor.FailAt(start, "expected a Unicode scalar value in the escape, found another number");
        }

        text.Append(new Rune(scalar).ToString());
        return true;
    }
}
