namespace Fabrik.Wrapping.Bazel;

/// <summary>Options in a rc file.</summary>
/// <param name="Section">The command that they are for, or <c>common</c>, <c>always</c>, <c>startup</c>.</param>
/// <param name="Config">The <c>--config</c> that brings them in; empty where they always hold.</param>
/// <param name="Options">The options.</param>
internal sealed record BazelRcLine(string Section, string Config, IReadOnlyList<string> Options)
{
    /// <summary>Splits a line as Bazel does: words, quotes, backslashes, and <c>#</c> before a comment.</summary>
    public static string[] Words(string line)
    {
        List<string> words = [];
        int i = 0;
        while (true)
        {
            while (i < line.Length && char.IsWhiteSpace(line[i]))
            {
                i++;
            }

            if (i >= line.Length || line[i] == '#')
            {
                return [.. words];
            }

            words.Add(Word(line, ref i));
        }
    }

    private static string Word(string line, ref int i)
    {
        System.Text.StringBuilder word = new();
        char quote = '\0';
        for (; i < line.Length; i++)
        {
            char c = line[i];
            if (quote == '\0' && char.IsWhiteSpace(c))
            {
                break;
            }

            if (c == '\\' && i + 1 < line.Length)
            {
                word.Append(line[++i]);
            }
            else if (quote == '\0' && c is '"' or '\'')
            {
                quote = c;
            }
            else if (c == quote && quote != '\0')
            {
                quote = '\0';
            }
            else
            {
                word.Append(c);
            }
        }

        return word.ToString();
    }
}
