using System.Buffers;

namespace Fabrik.Wire.Http.Caching;

/// <summary>The tokens of a structured field: RFC 9651, section 4.2.</summary>
internal ref struct StructuredScanner(ReadOnlySpan<char> text)
{
    private const int MaxIntegerDigits = 15;
    private const int MaxWholeDigits = 12;
    private const int MaxFractionDigits = 3;

    private static readonly SearchValues<char> KeyCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-.*");

    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~:/");

    private static readonly SearchValues<char> Base64Characters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");

    private ReadOnlySpan<char> _rest = text;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public void SkipSpaces() => _rest = _rest.TrimStart(' ');

    public void SkipWhiteSpace() => _rest = _rest.TrimStart(" \t");

    public bool TrySkip(char expected)
    {
        if (_rest.IsEmpty || _rest[0] != expected)
        {
            return false;
        }

        _rest = _rest[1..];
        return true;
    }

    /// <summary>A comma between members; one at the end is an error.</summary>
    public bool TrySkipComma()
    {
        if (!TrySkip(','))
        {
            return false;
        }

        SkipWhiteSpace();
        return !IsAtEnd;
    }

    public bool TryReadKey(out ReadOnlySpan<char> key)
    {
        var length = _rest.IndexOfAnyExcept(KeyCharacters);
        key = Take(length < 0 ? _rest.Length : length);
        return !key.IsEmpty && (char.IsAsciiLetterLower(key[0]) || key[0] == '*');
    }

    public bool TrySkipParameters()
    {
        while (TrySkip(';'))
        {
            SkipSpaces();
            if (!TryReadKey(out _) || (TrySkip('=') && !TryReadItem(out _, out _)))
            {
                return false;
            }
        }

        return true;
    }

    public bool TryReadItemOrList(out StructuredKind kind, out ReadOnlySpan<char> value)
    {
        if (!TrySkip('('))
        {
            return TryReadItem(out kind, out value);
        }

        kind = StructuredKind.Other;
        value = default;
        SkipSpaces();
        while (!TrySkip(')'))
        {
            if (!TryReadItem(out _, out _) || !TrySkipParameters() || _rest.IsEmpty || _rest[0] is not (' ' or ')'))
            {
                return false;
            }

            SkipSpaces();
        }

        return true;
    }

    private bool TryReadItem(out StructuredKind kind, out ReadOnlySpan<char> value)
    {
        kind = StructuredKind.Other;
        value = default;
        switch (_rest.IsEmpty ? '\0' : _rest[0])
        {
            case '"':
                kind = StructuredKind.String;
                return TryReadString(out value);
            case '?':
                kind = StructuredKind.Boolean;
                return TryReadBoolean(out value);
            case ':':
                return TrySkipBytes();
            case '@':
                _rest = _rest[1..];
                return TryReadNumber(out kind, out value) && Become(ref kind, StructuredKind.Integer);
            case '%':
                return TrySkipDisplayString();
            case '-' or (>= '0' and <= '9'):
                return TryReadNumber(out kind, out value);
            case '*' or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z'):
                var length = _rest.IndexOfAnyExcept(TokenCharacters);
                value = Take(length < 0 ? _rest.Length : length);
                return true;
            default:
                return false;
        }
    }

    /// <summary>A date is an integer behind an at sign, and nothing that a directive is.</summary>
    private static bool Become(ref StructuredKind kind, StructuredKind expected)
    {
        var isExpected = kind == expected;
        kind = StructuredKind.Other;
        return isExpected;
    }

    private bool TryReadNumber(out StructuredKind kind, out ReadOnlySpan<char> value)
    {
        kind = StructuredKind.Integer;
        value = default;
        var isNegative = TrySkip('-');
        var whole = Digits();
        if (whole.IsEmpty || whole.Length > MaxIntegerDigits)
        {
            return false;
        }

        if (!_rest.IsEmpty && _rest[0] == '.')
        {
            _rest = _rest[1..];
            kind = StructuredKind.Other;
            return whole.Length <= MaxWholeDigits && Digits().Length is > 0 and <= MaxFractionDigits;
        }

        // A negative number is well formed; as a value it is no number of seconds.
        value = isNegative ? "-" : whole;
        return true;
    }

    private ReadOnlySpan<char> Digits()
    {
        var length = _rest.IndexOfAnyExceptInRange('0', '9');
        return Take(length < 0 ? _rest.Length : length);
    }

    private bool TryReadBoolean(out ReadOnlySpan<char> value)
    {
        _rest = _rest[1..];
        value = Take(Math.Min(1, _rest.Length));
        return value is "0" or "1";
    }

    private bool TryReadString(out ReadOnlySpan<char> value)
    {
        for (var i = 1; i < _rest.Length; i++)
        {
            if (_rest[i] == '"')
            {
                value = _rest[1..i];
                _rest = _rest[(i + 1)..];
                return true;
            }

            if (_rest[i] is < ' ' or > '~' || (_rest[i] == '\\' && !IsEscape(_rest[i..])))
            {
                break;
            }

            i += _rest[i] == '\\' ? 1 : 0;
        }

        value = default;
        return false;
    }

    private static bool IsEscape(ReadOnlySpan<char> text) => text.Length > 1 && text[1] is ('"' or '\\');

    private bool TrySkipBytes()
    {
        _rest = _rest[1..];
        var length = _rest.IndexOfAnyExcept(Base64Characters);
        if (length < 0 || _rest[length] != ':')
        {
            return false;
        }

        _rest = _rest[(length + 1)..];
        return true;
    }

    private bool TrySkipDisplayString()
    {
        _rest = _rest[1..];
        return !_rest.IsEmpty && _rest[0] == '"' && TryReadString(out _);
    }

    private ReadOnlySpan<char> Take(int length)
    {
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
