namespace Fabrik.Wire.Memcached;

/// <summary>The words of a line, which spaces divide, one after the other.</summary>
internal ref struct LineTokens(ReadOnlySpan<byte> line)
{
    private readonly ReadOnlySpan<byte> _line = line;
    private int _next;

    /// <summary>Where the word begins.</summary>
    public int Start { get; private set; }

    /// <summary>Bytes of the word; 0 behind the last one.</summary>
    public int Length { get; private set; }

    /// <summary>The word.</summary>
    public readonly ReadOnlySpan<byte> Current => _line.Slice(Start, Length);

    /// <summary>Goes to the next word.</summary>
    /// <returns>False behind the last one.</returns>
    public bool Next()
    {
        while (_next < _line.Length && _line[_next] == (byte)' ')
        {
            _next++;
        }

        Start = _next;
        int space = _line[_next..].IndexOf((byte)' ');
        Length = space < 0 ? _line.Length - _next : space;
        _next += Length;
        return Length > 0;
    }
}
