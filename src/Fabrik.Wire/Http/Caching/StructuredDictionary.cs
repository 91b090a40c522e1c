namespace Fabrik.Wire.Http.Caching;

/// <summary>The kinds of a bare item: RFC 9651, section 3.3.</summary>
internal enum StructuredKind
{
    /// <summary><c>?0</c> or <c>?1</c>, or a member without a value.</summary>
    Boolean,

    /// <summary>Up to 15 digits.</summary>
    Integer,

    /// <summary>In quotes.</summary>
    String,

    /// <summary>Something else: a decimal, token, byte sequence, date, display string or inner list.</summary>
    Other,
}

/// <summary>
/// Reads a dictionary structured field strictly, member by member: RFC 9651, section 4.2.2. Parameters are checked and
/// passed over.
/// </summary>
internal ref struct StructuredDictionary(ReadOnlySpan<char> text)
{
    private StructuredScanner _scanner = new(text);
    private bool _isFirst = true;

    /// <summary>The member's key, in lower case by the grammar.</summary>
    public ReadOnlySpan<char> Key { get; private set; }

    /// <summary>What the member's value is.</summary>
    public StructuredKind Kind { get; private set; }

    /// <summary>The value as it is written: digits, or what is between the quotes, or <c>1</c> and <c>0</c>.</summary>
    public ReadOnlySpan<char> Value { get; private set; }

    /// <summary>Whether reading ended because the text breaks the grammar: then nothing of it counts.</summary>
    public bool Failed { get; private set; }

    /// <summary>Goes on to the next member; false behind the last one, and at an error.</summary>
    public bool Read()
    {
        if (_isFirst)
        {
            _scanner.SkipSpaces();
        }

        if (_scanner.IsAtEnd)
        {
            return false;
        }

        if (!_isFirst && !_scanner.TrySkipComma())
        {
            return Fail();
        }

        _isFirst = false;
        if (!_scanner.TryReadKey(out var key) || !TryReadValue())
        {
            return Fail();
        }

        Key = key;
        _scanner.SkipWhiteSpace();
        return true;
    }

    private bool TryReadValue()
    {
        Kind = StructuredKind.Boolean;
        Value = "1";
        if (_scanner.TrySkip('='))
        {
            if (!_scanner.TryReadItemOrList(out var kind, out var value))
            {
                return false;
            }

            Kind = kind;
            Value = value;
        }

        return _scanner.TrySkipParameters();
    }

    private bool Fail()
    {
        Failed = true;
        return false;
    }
}
