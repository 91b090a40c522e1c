namespace Fabrik.Wire.Toml;

/// <summary>
/// The statements of a document: headers and key/value lines. After an error it goes on at the next line that looks
/// like a statement, so that one run reports what is wrong in several places.
/// </summary>
internal sealed class TomlParser
{
    private readonly TomlCursor _cursor;
    private readonly TomlTables _tables;
    private readonly TomlKeyReader _keys;
    private readonly TomlValueReader _values;
    private readonly TomlTable _root = new(new TomlPosition(1, 1), TomlTableOrigin.Header, depth: 0);
    private TomlTable _current;

    public TomlParser(TomlCursor cursor, TomlVersion version)
    {
        _cursor = cursor;
        _tables = new TomlTables(cursor);
        TomlStringReader strings = new(cursor, version);
        _keys = new TomlKeyReader(cursor, strings);
        _values = new TomlValueReader(cursor, version, strings, _keys, _tables);
        _current = _root;
    }

    public TomlTable Parse()
    {
        while (!_cursor.AtEnd && !_cursor.IsFull)
        {
            if (!TryStatement())
            {
                SkipToStatement();
            }
        }

        return _root;
    }

    private bool TryStatement()
    {
        _cursor.SkipBlanks();
        bool hasStatement = _cursor.Peek() switch
        {
            '#' or '\n' or '\r' => true,
            _ when _cursor.AtEnd => true,
            '[' => TryHeader(),
            _ => TryKeyValue(),
        };
        return hasStatement && TryEndOfLine();
    }

    private bool TryHeader()
    {
        TomlPosition start = _cursor.Position;
        bool isArray = _cursor.StartsWith("[[");
        _cursor.Skip(isArray ? 2 : 1);

        // Until the header proves right its keys go nowhere: they would be reported as strangers elsewhere.
        _current = new TomlTable(start, TomlTableOrigin.Header, depth: 0);
        _cursor.SkipBlanks();
        if (!_keys.TryRead(out List<TomlKey> path))
        {
            return false;
        }

        string close = isArray ? "]]" : "]";
        if (!_cursor.StartsWith(close))
        {
            return _cursor.FailExpected($"'.' or '{close}' after the name of the table");
        }

        _cursor.Skip(close.Length);
        TomlTable? table = isArray ? _tables.AppendToArray(_root, path) : _tables.DefineByHeader(_root, path);
        _current = table ?? _current;
        return true;
    }

    private bool TryKeyValue()
    {
        if (!_keys.TryRead(out List<TomlKey> path))
        {
            return false;
        }

        if (!_cursor.TrySkip('='))
        {
            return _cursor.FailExpected("'.' or '=' after the key");
        }

        _cursor.SkipBlanks();
        if (_values.Read(_current.Depth + path.Count) is not { } value)
        {
            return false;
        }

        _tables.Assign(_current, path, value);
        return true;
    }

    private bool TryEndOfLine()
    {
        _cursor.SkipBlanks();
        if (!TomlComment.TrySkip(_cursor))
        {
            return false;
        }

        return _cursor.AtEnd || _cursor.TryLineBreak() || _cursor.FailExpected("the end of the line");
    }

    private void SkipToStatement()
    {
        do
        {
            while (!_cursor.AtEnd && !_cursor.TryLineBreak())
            {
                _cursor.Skip();
            }
        }
        while (!_cursor.AtEnd && !LooksLikeStatement());
    }

    // An error inside a multi-line array or string leaves lines that are no statements: they are passed over.
    private bool LooksLikeStatement()
    {
        int at = 0;
        while (_cursor.Peek(at) is ' ' or '\t')
        {
            at++;
        }

        char first = _cursor.Peek(at);
        if (first == '[')
        {
            return char.IsAsciiLetter(_cursor.Peek(at + 1)) || _cursor.Peek(at + 1) == '[';
        }

        while (TomlKeyReader.IsBare(_cursor.Peek(at)) || _cursor.Peek(at) is '.' or ' ' or '\t' or '"' or '\'')
        {
            at++;
        }

        return _cursor.Peek(at) == '=';
    }
}
