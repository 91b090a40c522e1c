namespace Fabrik.Wire.Toml;

/// <summary>One part of a dotted key, with its place.</summary>
internal readonly record struct TomlKey(string Name, TomlPosition Position);

/// <summary>Keys: bare, quoted and dotted.</summary>
internal sealed class TomlKeyReader(TomlCursor cursor, TomlStringReader strings)
{
    public static bool IsBare(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_';

    /// <summary>Reads a dotted key and the blanks after it.</summary>
    public bool TryRead(out List<TomlKey> path)
    {
        path = [];
        do
        {
            cursor.SkipBlanks();
            TomlPosition position = cursor.Position;
            if (ReadPart() is not { } name)
            {
                return false;
            }

            path.Add(new TomlKey(name, position));
            cursor.SkipBlanks();
        }
        while (cursor.TrySkip('.'));

        return path.Count <= TomlDocument.MaxDepth
            || cursor.FailAt(path[0].Position, $"expected at most {TomlDocument.MaxDepth} parts in a key");
    }

    private string? ReadPart()
    {
        if (cursor.StartsWith("\"\"\"") || cursor.StartsWith("'''"))
        {
            cursor.Fail("expected a key on one line, found a multi-line string");
            return null;
        }

        if (cursor.Peek() is '"' or '\'')
        {
            return strings.ReadOneLine();
        }

        int start = cursor.Offset;
        while (IsBare(cursor.Peek()))
        {
            cursor.Skip();
        }

        if (cursor.Offset == start)
        {
            cursor.FailExpected("a key (letters, digits, '-', '_', or a quoted string)");
            return null;
        }

        return cursor.Slice(start).ToString();
    }
}
