namespace Fabrik.Wire.Memcached;

/// <summary>
/// Reads commands that clients send: classic and meta lines, binary packets. It takes what memcached 1.6.18 and later
/// take, and answers what they answer.
/// </summary>
/// <remarks>
/// It is stricter where servers might read something else than this does, so that a value could be taken for commands:
/// a NUL in a line and a length above 2 GiB close the connection, white space within a number and a value in a packet
/// that has none are refused, and a line is too long by its length alone, however it arrives. It is laxer where
/// versions differ: meta flags and modes that are letters are left to the server (<c>E</c>, <c>x</c>, <c>s</c> of
/// <c>ms</c> are not known to 1.6.18, but to 1.6.38). Classic lines and packets are the same in both.
/// </remarks>
public static class CommandReader
{
    /// <summary>The protocol of a connection, which its first byte decides.</summary>
    public static MemcachedProtocol Detect(byte first) =>
        first == BinaryHeader.Request ? MemcachedProtocol.Binary : MemcachedProtocol.Text;

    /// <summary>Reads the command at the start of <paramref name="input"/>.</summary>
    /// <param name="input">What has been received; further commands may follow.</param>
    /// <param name="protocol">The protocol of the connection; see <see cref="Detect"/>.</param>
    /// <param name="limits">What is taken at most.</param>
    /// <param name="command">
    /// The command. Of one that is not whole yet all is known but the value once its <see cref="Command.Length"/> is
    /// above 0; of a wrong one what was read before it was seen to be wrong.
    /// </param>
    /// <param name="fault">What is wrong with it.</param>
    public static ReadStatus TryRead(
        ReadOnlySpan<byte> input,
        MemcachedProtocol protocol,
        ReaderLimits limits,
        out Command command,
        out CommandFault fault)
    {
        command = default;
        fault = default;
        if (input.IsEmpty)
        {
            return ReadStatus.NeedMore;
        }

        if (protocol == MemcachedProtocol.Binary)
        {
            return BinaryCommandReader.TryRead(input, limits, ref command, ref fault);
        }

        var reader = new TextCommandReader(input, limits, ref command, ref fault);
        return reader.Read();
    }
}
