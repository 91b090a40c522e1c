namespace Fabrik.Wire.Memcached;

/// <summary>Reads what servers answer.</summary>
public static class ReplyReader
{
    /// <summary>Reads the answer, or the next item of it, at the start of <paramref name="input"/>.</summary>
    /// <param name="input">What has been received; further answers may follow.</param>
    /// <param name="verb">What was asked.</param>
    /// <param name="protocol">The protocol that it was asked in.</param>
    /// <param name="limits">What is taken at most.</param>
    /// <param name="reply">
    /// The answer. Of one that is not whole yet all is known but the value once its <see cref="ServerReply.Length"/> is
    /// above 0.
    /// </param>
    /// <returns>
    /// <see cref="ReadStatus.Fault"/> for what is no answer to <paramref name="verb"/>: nothing that follows can be
    /// trusted, and the connection is to be closed.
    /// </returns>
    public static ReadStatus TryRead(
        ReadOnlySpan<byte> input, Verb verb, MemcachedProtocol protocol, ReaderLimits limits, out ServerReply reply)
    {
        reply = default;
        reply.ValueLength = -1;
        reply.IsEnd = true;
        if (protocol == MemcachedProtocol.Binary)
        {
            return BinaryReplyReader.TryRead(input, verb, limits, ref reply);
        }

        int end = input.IndexOf((byte)'\n');
        if (end < 0 ? input.Length > limits.MaxReplyLineLength : end > limits.MaxReplyLineLength)
        {
            return ReadStatus.Fault;
        }

        if (end < 0)
        {
            return ReadStatus.NeedMore;
        }

        if (end == 0 || input[end - 1] != (byte)'\r')
        {
            return ReadStatus.Fault;
        }

        reply.HeadLength = end + 1;
        reply.Length = end + 1;
        return TextReplyReader.TryRead(input, verb, limits, ref reply);
    }
}
