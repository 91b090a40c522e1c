namespace Fabrik.Wire.Toml;

/// <summary>A place in the text that moves forward, knows its line and column, and takes down what is wrong.</summary>
internal sealed class TomlCursor(string text, List<TomlError> errors)
{
    /// <summary>What <see cref="Peek"/> gives at the end; TOML allows it nowhere.</summary>
    public const char End = '\0';

    private int _offset;
    private int _line = 1;
    private int _lineStart;

    // Columns are counted forward from the last one asked for: a long line costs its length once, not per value.
    private int _countedTo;
    private int _countedColumn = 1;

    public int Offset => _offset;

    public int Length => text.Length;

    public bool AtEnd => _offset >= text.Length;

    public bool IsFull => errors.Count >= TomlDocument.MaxErrors;

    public TomlPosition Position => PositionAt(_offset);

    /// <summary>The character here, or <see cref="End"/>.</summary>
    public char Peek(int ahead = 0) => _offset + ahead < text.Length ? text[_offset + ahead] : End;

    public bool StartsWith(string expected) =>
        string.CompareOrdinal(text, _offset, expected, 0, expected.Length) == 0;

    public ReadOnlySpan<char> Slice(int start) => text.AsSpan(start, _offset - start);

    /// <summary>Moves over characters of this line; line breaks go by <see cref="TryLineBreak"/>.</summary>
    public void Skip(int count = 1) => _offset += count;

    /// <summary>Moves over spaces and tabs.</summary>
    public void SkipBlanks()
    {
        while (Peek() is ' ' or '\t')
        {
            _offset++;
        }
    }

    public bool TrySkip(char expected)
    {
        if (AtEnd || text[_offset] != expected)
        {
            return false;
        }

        _offset++;
        return true;
    }

    /// <summary>Moves over one LF or CRLF.</summary>
    public bool TryLineBreak()
    {
        int length = Peek() == '\n' ? 1 : Peek() == '\r' && Peek(1) == '\n' ? 2 : 0;
        if (length == 0)
        {
            return false;
        }

        _offset += length;
        _line++;
        _lineStart = _countedTo = _offset;
        _countedColumn = 1;
        return true;
    }

    /// <summary>Moves to an offset further on, over whatever stands between.</summary>
    public void SkipTo(int offset)
    {
        while (_offset < offset)
        {
            if (!TryLineBreak())
            {
                _offset++;
            }
        }
    }

    /// <summary>The position of an offset on the current line.</summary>
    public TomlPosition PositionAt(int offset)
    {
        if (offset < _countedTo)
        {
            _countedTo = _lineStart;
            _countedColumn = 1;
        }

        for (; _countedTo < offset; _countedTo++)
        {
            if (!char.IsLowSurrogate(text[_countedTo]))
            {
                _countedColumn++;
            }
        }

        return new TomlPosition(_line, _countedColumn);
    }

    /// <summary>Takes down an error here. Always false, so that a reader can return it.</summary>
    public bool Fail(string message) => FailAt(Position, message);

    /// <summary>Takes down an error elsewhere. Always false.</summary>
    public bool FailAt(TomlPosition position, string message)
    {
        errors.Add(new TomlError(position, message));
        return false;
    }

    /// <summary>Takes down that something else was expected here. Always false.</summary>
    public bool FailExpected(string expected) => Fail($"expected {expected}, found {Describe()}");

    private string Describe() => AtEnd ? "the end of the file" : Peek() switch
    {
        '\n' or '\r' => "the end of the line",
        var c when char.IsControl(c) => $"the control character U+{(int)c:X4}",
        var c when char.IsHighSurrogate(c) => $"'{text.AsSpan(_offset, 2)}'",
        var c => $"'{c}'",
    };
}
