using System.Text;

namespace Fabrik.Memcached.Routing;

/// <summary>Reads globs. A parser is used once.</summary>
internal sealed class GlobParser
{
    private readonly string _text;
    private readonly List<GlobToken> _tokens = [];
    private int _at;
    private string? _error;

    private GlobParser(string text) => _text = text;

    /// <summary>Reads a glob.</summary>
    /// <param name="text">The glob.</param>
    /// <param name="tokens">Its steps; null where something is wrong.</param>
    /// <param name="error">What is wrong, with the position, counted from 1; null where nothing is.</param>
    public static bool TryParse(string text, out List<GlobToken>? tokens, out string? error)
    {
        var parser = new GlobParser(text);
        var isGood = parser.Parse();
        tokens = isGood ? parser._tokens : null;
        error = parser._error;
        return isGood;
    }

    private bool Parse()
    {
        while (_at < _text.Length && _error is null)
        {
            switch (_text[_at])
            {
                case '*':
                    _at++;
                    if (_tokens.Count == 0 || _tokens[^1].Kind != GlobTokenKind.AnyRun)
                    {
                        _tokens.Add(GlobToken.OfAnyRun());
                    }

                    break;
                case '?':
                    _at++;
                    _tokens.Add(GlobToken.OfAnyOne());
                    break;
                case '[':
                    ParseSet();
                    break;
                default:
                    ParseLiteral();
                    break;
            }
        }

        return _error is null;
    }

    private void ParseLiteral()
    {
        if (!Rune.TryGetRuneAt(_text, SkipEscape(), out var rune))
        {
            _error ??= $"half a character at position {_at + 1}";
            return;
        }

        _at += rune.Utf16SequenceLength;
        Span<byte> bytes = stackalloc byte[4];
        foreach (var value in bytes[..rune.EncodeToUtf8(bytes)])
        {
            _tokens.Add(GlobToken.OfByte(value));
        }
    }

    private int SkipEscape()
    {
        if (_text[_at] == '\\')
        {
            if (_at == _text.Length - 1)
            {
                _error = $"nothing after the backslash at position {_at + 1}";
                return _at;
            }

            _at++;
        }

        return _at;
    }

    private void ParseSet()
    {
        var start = _at++;
        var isNegated = _at < _text.Length && _text[_at] is '^' or '!';
        _at += isNegated ? 1 : 0;
        UInt128 set = 0;
        while (_at < _text.Length && _text[_at] != ']' && _error is null)
        {
            set |= ParseRange();
        }

        if (_at == _text.Length)
        {
            _error ??= $"the '[' at position {start + 1} has no ']' (a '[' of the key is written '\\[')";
        }
        else if (set == 0)
        {
            _error ??= $"the '[]' at position {start + 1} has no characters";
        }

        _at++;
        _tokens.Add(GlobToken.OfSet(set, isNegated));
    }

    private UInt128 ParseRange()
    {
        var start = _at;
        var first = ParseMember();
        var last = first;
        if (_at + 1 < _text.Length && _text[_at] == '-' && _text[_at + 1] != ']')
        {
            _at++;
            last = ParseMember();
        }

        if (last < first)
        {
            _error ??= $"the range at position {start + 1} ends before it begins";
            return 0;
        }

        var upTo = (UInt128.One << last) | ((UInt128.One << last) - 1);
        return upTo & ~((UInt128.One << first) - 1);
    }

    private int ParseMember()
    {
        var at = SkipEscape();
        _at++;
        if (_text[at] < 128)
        {
            return _text[at];
        }

        _error ??= $"'{_text[at]}' at position {at + 1} is not ASCII, which is all that '[]' may have";
        return 0;
    }
}
