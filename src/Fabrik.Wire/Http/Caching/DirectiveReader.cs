namespace Fabrik.Wire.Http.Caching;

/// <summary>
/// Reads the directives of one <c>Cache-Control</c> line, as leniently as can be done safely: RFC 9111, section 5.2.
/// Both the token and the quoted form of an argument are taken; what is in quotes is never read as a directive.
/// </summary>
internal ref struct DirectiveReader(ReadOnlySpan<char> line)
{
    private ReadOnlySpan<char> _rest = line;

    /// <summary>The name, in the case in which it came.</summary>
    public ReadOnlySpan<char> Name { get; private set; }

    /// <summary>What stands behind the equals sign, without quotes; empty when there is nothing.</summary>
    public ReadOnlySpan<char> Argument { get; private set; }

    /// <summary>Whether there is an equals sign.</summary>
    public bool HasArgument { get; private set; }

    /// <summary>Whether there is white space around the equals sign, which the grammar does not have.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Whether the directive has this name.</summary>
    public readonly bool Is(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>Goes on to the next directive; false behind the last one.</summary>
    public bool Read()
    {
        while (!_rest.IsEmpty)
        {
            var end = EndOfMember(_rest);
            var member = _rest[..end].Trim(" \t");
            _rest = end < _rest.Length ? _rest[(end + 1)..] : [];
            if (!member.IsEmpty)
            {
                Take(member);
                return true;
            }
        }

        return false;
    }

    private void Take(ReadOnlySpan<char> member)
    {
        var equals = member.IndexOf('=');
        HasArgument = equals >= 0;
        var name = HasArgument ? member[..equals] : member;
        var argument = HasArgument ? member[(equals + 1)..] : [];
        Name = name.TrimEnd(" \t");
        Argument = argument.TrimStart(" \t");
        IsMalformed = Name.Length != name.Length || Argument.Length != argument.Length;
        if (Argument.Length > 1 && Argument[0] == '"' && Argument[^1] == '"')
        {
            Argument = Argument[1..^1];
        }
    }

    /// <summary>The first comma that is not in quotes. Quotes that are not closed are no quotes.</summary>
    private static int EndOfMember(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == ',')
            {
                return i;
            }

            if (text[i] == '"')
            {
                i = EndOfQuoted(text, i);
            }
        }

        return text.Length;
    }

    private static int EndOfQuoted(ReadOnlySpan<char> text, int start)
    {
        for (var i = start + 1; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                return i;
            }

            i += text[i] == '\\' ? 1 : 0;
        }

        return start;
    }
}
