namespace Fabrik.Wire.Memcached;

/// <summary>
/// The flags of a meta command or answer, one after the other. Those with <c>P</c> and <c>L</c> mean nothing to
/// servers: they are there for proxies.
/// </summary>
public ref struct MetaFlags
{
    private LineTokens _words;

    /// <summary>Those of a command.</summary>
    /// <param name="message">The command, at least its head.</param>
    /// <param name="command">What it is; a meta command.</param>
    public MetaFlags(ReadOnlySpan<byte> message, in Command command)
        : this(message[..command.HeadLength], command.FlagsOffset)
    {
    }

    /// <summary>Those of an answer.</summary>
    /// <param name="message">The answer, at least its head.</param>
    /// <param name="reply">What it is; of a meta command.</param>
    public MetaFlags(ReadOnlySpan<byte> message, in ServerReply reply)
        : this(message[..reply.HeadLength], reply.FlagsOffset)
    {
    }

    internal MetaFlags(ReadOnlySpan<byte> head, int offset) =>
        _words = new LineTokens(offset == 0 ? default : head[offset..].TrimEnd("\r\n"u8));

    /// <summary>The letter of the flag.</summary>
    public readonly byte Flag => _words.Current[0];

    /// <summary>What stands behind the letter; may be empty.</summary>
    public readonly ReadOnlySpan<byte> Value => _words.Current[1..];

    /// <summary>Goes to the next one.</summary>
    public bool MoveNext() => _words.Next();
}
