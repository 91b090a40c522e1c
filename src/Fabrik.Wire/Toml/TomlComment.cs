namespace Fabrik.Wire.Toml;

/// <summary>Comments, and the blank space that may surround the elements of an array.</summary>
internal static class TomlComment
{
    /// <summary>
    /// Whether a character may stand in a comment or a literal string: any but the control characters, tab excepted.
    /// </summary>
    public static bool Allows(char c) => c is '\t' or (>= ' ' and not '\u007F');

    /// <summary>Moves to the end of the line over a comment if there is one; false after an error in it.</summary>
    public static bool TrySkip(TomlCursor cursor)
    {
        if (!cursor.TrySkip('#'))
        {
            return true;
        }

        while (!cursor.AtEnd && Allows(cursor.Peek()))
        {
            cursor.Skip();
        }

        bool atLineEnd = cursor.AtEnd || cursor.Peek() == '\n' || cursor.StartsWith("\r\n");
        return atLineEnd || cursor.FailExpected("text without control characters in the comment");
    }

    /// <summary>Moves over blanks, line breaks and comments; false after an error in one.</summary>
    public static bool TrySkipLines(TomlCursor cursor)
    {
        do
        {
            cursor.SkipBlanks();
            if (!TrySkip(cursor))
            {
                return false;
            }
        }
        while (cursor.TryLineBreak());
        return true;
    }
}
