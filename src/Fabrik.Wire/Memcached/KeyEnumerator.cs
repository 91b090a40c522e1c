namespace Fabrik.Wire.Memcached;

/// <summary>The keys of a command, in order; only text retrievals have several.</summary>
public ref struct KeyEnumerator
{
    private readonly int _offset;
    private readonly bool _isOne;
    private LineTokens _words;
    private int _left;

    /// <summary>Those of a command.</summary>
    /// <param name="message">The command, at least its head.</param>
    /// <param name="command">What it is.</param>
    public KeyEnumerator(ReadOnlySpan<byte> message, in Command command)
    {
        _offset = command.KeyOffset;
        _left = command.KeyCount;
        _isOne = command.KeyCount <= 1;
        if (_isOne)
        {
            // A key of a packet may have spaces.
            Length = command.KeyLength;
            return;
        }

        int end = command.HeadLength - 1;
        _words = new LineTokens(message[_offset..(message[end - 1] == (byte)'\r' ? end - 1 : end)]);
    }

    /// <summary>Where the key begins, counted from the start of the command.</summary>
    public readonly int Offset => _isOne ? _offset : _offset + _words.Start;

    /// <summary>Bytes of the key.</summary>
    public int Length { get; private set; }

    /// <summary>Goes to the next one.</summary>
    public bool MoveNext()
    {
        if (_left == 0)
        {
            return false;
        }

        _left--;
        if (!_isOne)
        {
            _words.Next();
            Length = _words.Length;
        }

        return true;
    }
}
