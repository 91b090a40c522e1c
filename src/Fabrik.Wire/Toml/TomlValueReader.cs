namespace Fabrik.Wire.Toml;

/// <summary>Values. A null result means that an error was taken down.</summary>
internal sealed class TomlValueReader(
    TomlCursor cursor, TomlVersion version, TomlStringReader strings, TomlKeyReader keys, TomlTables tables)
{
    /// <summary>Reads the value here.</summary>
    /// <param name="depth">How many tables and arrays the value is in.</param>
    public TomlValue? Read(int depth)
    {
        TomlPosition start = cursor.Position;
        return cursor.Peek() switch
        {
            '"' or '\'' => strings.Read() is { } text ? new TomlString(start, text) : null,
            '[' => tables.TryDepth(depth, start) ? ReadArray(start, depth) : null,
            '{' => tables.TryDepth(depth, start) ? ReadInlineTable(start, depth) : null,
            _ => TomlScalarReader.Read(cursor, version),
        };
    }

    private TomlArray? ReadArray(TomlPosition start, int depth)
    {
        TomlArray array = new(start);
        cursor.Skip();
        while (TomlComment.TrySkipLines(cursor))
        {
            if (cursor.TrySkip(']'))
            {
                return array;
            }

            if (Read(depth + 1) is not { } item || !TomlComment.TrySkipLines(cursor))
            {
                return null;
            }

            array.Add(item);
            if (!cursor.TrySkip(',') && cursor.Peek() != ']')
            {
                cursor.FailExpected($"',' or ']' in the array that begins at {start}");
                return null;
            }
        }

        return null;
    }

    private TomlTable? ReadInlineTable(TomlPosition start, int depth)
    {
        TomlTable table = new(start, TomlTableOrigin.Inline, depth);
        cursor.Skip();
        bool first = true;
        while (TrySkipSpace())
        {
            bool mayEnd = first || version >= TomlVersion.V1_1;
            if (mayEnd && cursor.TrySkip('}'))
            {
                return table;
            }

            first = false;
            if (!TryInlineKeyValue(table) || !TrySkipSpace())
            {
                return null;
            }

            if (cursor.TrySkip('}'))
            {
                return table;
            }

            if (!cursor.TrySkip(','))
            {
                cursor.FailExpected($"',' or '}}' in the inline table that begins at {start}");
                return null;
            }
        }

        return null;
    }

    private bool TryInlineKeyValue(TomlTable table)
    {
        if (!keys.TryRead(out List<TomlKey> path))
        {
            return false;
        }

        if (!cursor.TrySkip('='))
        {
            return cursor.FailExpected("'.' or '=' after the key");
        }

        cursor.SkipBlanks();
        return Read(table.Depth + path.Count) is { } value && tables.Assign(table, path, value);
    }

    private bool TrySkipSpace()
    {
        if (version >= TomlVersion.V1_1)
        {
            return TomlComment.TrySkipLines(cursor);
        }

        cursor.SkipBlanks();
        return true;
    }
}
