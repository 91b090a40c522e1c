namespace Fabrik.Memcached.Destinations.Rewriting;

/// <summary>The words of a command's line, which ends with CR LF or LF, one after the other.</summary>
internal ref struct HeadTokens(ReadOnlySpan<byte> line)
{
    // One CR belongs to the line's end; what is before it, another CR too, belongs to the last word.
    private readonly ReadOnlySpan<byte> _line = line[..^(line.EndsWith("\r\n"u8) ? 2 : 1)];
    private int _next;

    /// <summary>The word.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>Where it begins in the line.</summary>
    public int Offset { get; private set; }

    /// <summary>Which one it is: 0 is the command's name.</summary>
    public int Index { get; private set; } = -1;

    /// <summary>Goes to the next word.</summary>
    public bool MoveNext()
    {
        while (_next < _line.Length && _line[_next] == (byte)' ')
        {
            _next++;
        }

        if (_next >= _line.Length)
        {
            return false;
        }

        Offset = _next;
        var length = _line[_next..].IndexOf((byte)' ');
        _next = length < 0 ? _line.Length : _next + length;
        Current = _line[Offset.._next];
        Index++;
        return true;
    }
}
