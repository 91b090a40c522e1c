namespace Fabrik.Wire.Memcached;

/// <summary>Reads what servers answer to lines.</summary>
internal static class TextReplyReader
{
    private const int MetaStatusLength = 2;

    /// <summary>Reads an answer whose line is whole; its length stands in <paramref name="reply"/>.</summary>
    public static ReadStatus TryRead(
        ReadOnlySpan<byte> input, Verb verb, ReaderLimits limits, ref ServerReply reply)
    {
        var line = input[..(reply.HeadLength - 2)];
        if (IsError(line, ref reply))
        {
            return ReadStatus.Read;
        }

        switch (verb)
        {
            case Verb.Get or Verb.Gets or Verb.Gat or Verb.Gats:
                return ReadRetrieval(input, line, limits, ref reply);
            case Verb.MetaGet or Verb.MetaSet or Verb.MetaDelete or Verb.MetaArithmetic:
                return ReadMeta(input, line, limits, ref reply);
            case Verb.Set or Verb.Add or Verb.Replace or Verb.Append or Verb.Prepend or Verb.Cas:
                return ReadStored(line, ref reply);
            case Verb.Increment or Verb.Decrement:
                return IsNotFound(line, ref reply) || Digits.TryRead(line.TrimEnd((byte)' '), out reply.Number)
                    ? ReadDone(ref reply) : ReadStatus.Fault;
            case Verb.Delete:
                return IsNotFound(line, ref reply) || line.SequenceEqual("DELETED"u8)
                    ? ReadDone(ref reply) : ReadStatus.Fault;
            case Verb.Touch:
                return IsNotFound(line, ref reply) || line.SequenceEqual("TOUCHED"u8)
                    ? ReadDone(ref reply) : ReadStatus.Fault;
            case Verb.Noop:
                return line.SequenceEqual("MN"u8) ? ReadDone(ref reply) : ReadStatus.Fault;
            case Verb.FlushAll or Verb.Verbosity:
                return line.SequenceEqual("OK"u8) ? ReadDone(ref reply) : ReadStatus.Fault;
            case Verb.Version:
                return line.StartsWith("VERSION "u8) ? ReadDone(ref reply) : ReadStatus.Fault;
            case Verb.Stats or Verb.CacheDump:
                return ReadListed(line, ref reply);
            case Verb.Config:
                return ReadConfig(input, line, limits, ref reply);
            case Verb.MetaDebug:
                return ReadDebug(line, ref reply);
            default:
                return ReadStatus.Fault;
        }
    }

    private static ReadStatus ReadDone(ref ServerReply reply)
    {
        reply.Kind = reply.Kind == ReplyKind.Failed ? ReplyKind.Done : reply.Kind;
        return ReadStatus.Read;
    }

    private static ReadStatus ReadAs(ReplyKind kind, ref ServerReply reply)
    {
        reply.Kind = kind;
        return ReadStatus.Read;
    }

    private static bool IsNotFound(ReadOnlySpan<byte> line, ref ServerReply reply)
    {
        bool isNotFound = line.SequenceEqual("NOT_FOUND"u8);
        reply.Kind = isNotFound ? ReplyKind.Miss : ReplyKind.Failed;
        return isNotFound;
    }

    private static bool IsError(ReadOnlySpan<byte> line, ref ServerReply reply)
    {
        // No other answer begins with these letters, but EN, END, EXISTS, EX, and STAT, STORED.
        if (line.Length < 5 || line[0] is not ((byte)'E' or (byte)'C' or (byte)'S'))
        {
            return false;
        }

        if (line.StartsWith("SERVER_ERROR"u8))
        {
            reply.Kind = ReplyKind.ServerError;
            return true;
        }

        if (line.StartsWith("CLIENT_ERROR"u8) || line.SequenceEqual("ERROR"u8) || line.StartsWith("ERROR "u8))
        {
            reply.Kind = ReplyKind.ClientError;
            return true;
        }

        return false;
    }

    private static ReadStatus ReadRetrieval(
        ReadOnlySpan<byte> input, ReadOnlySpan<byte> line, ReaderLimits limits, ref ServerReply reply)
    {
        if (!line.StartsWith("VALUE "u8))
        {
            return line.SequenceEqual("END"u8) ? ReadAs(ReplyKind.Miss, ref reply) : ReadStatus.Fault;
        }

        var words = new LineTokens(line);
        words.Next();
        words.Next();
        reply.KeyOffset = words.Start;
        reply.KeyLength = words.Length;
        words.Next();
        if (reply.KeyLength is 0 or > ReaderLimits.MaxKeyLength
            || !Digits.TryRead(words.Current, out ulong flags)
            || !words.Next()
            || !Digits.TryReadLength(words.Current, out int length))
        {
            return ReadStatus.Fault;
        }

        reply.ClientFlags = (uint)flags;
        if (words.Next())
        {
            reply.HasUnique = Digits.TryRead(words.Current, out reply.Unique);
            if (!reply.HasUnique || words.Next())
            {
                return ReadStatus.Fault;
            }
        }

        reply.IsEnd = false;
        return ReadValue(input, length, limits, ref reply);
    }

    private static ReadStatus ReadValue(
        ReadOnlySpan<byte> input, int length, ReaderLimits limits, ref ServerReply reply)
    {
        if (length > limits.MaxValueLength)
        {
            return ReadStatus.Fault;
        }

        reply.Kind = ReplyKind.Hit;
        reply.ValueOffset = reply.HeadLength;
        reply.ValueLength = length;
        reply.Length = reply.HeadLength + length + 2;
        if (input.Length < reply.Length)
        {
            return ReadStatus.NeedMore;
        }

        return input[..reply.Length].EndsWith("\r\n"u8) ? ReadStatus.Read : ReadStatus.Fault;
    }

    private static ReadStatus ReadStored(ReadOnlySpan<byte> line, ref ServerReply reply) => line.Length switch
    {
        6 when line.SequenceEqual("STORED"u8) => ReadAs(ReplyKind.Done, ref reply),
        6 when line.SequenceEqual("EXISTS"u8) => ReadAs(ReplyKind.Exists, ref reply),
        9 when line.SequenceEqual("NOT_FOUND"u8) => ReadAs(ReplyKind.Miss, ref reply),
        10 when line.SequenceEqual("NOT_STORED"u8) => ReadAs(ReplyKind.NotStored, ref reply),
        _ => ReadStatus.Fault,
    };

    private static ReadStatus ReadMeta(
        ReadOnlySpan<byte> input, ReadOnlySpan<byte> line, ReaderLimits limits, ref ServerReply reply)
    {
        var words = new LineTokens(line);
        words.Next();
        if (words.Length != MetaStatusLength)
        {
            return ReadStatus.Fault;
        }

        reply.FlagsOffset = MetaStatusLength;
        int status = (line[0] << 8) | line[1];
        switch (status)
        {
            case ('V' << 8) | 'A':
                if (!words.Next() || !Digits.TryReadLength(words.Current, out int length))
                {
                    return ReadStatus.Fault;
                }

                reply.FlagsOffset = words.Start + words.Length;
                return ReadMetaFlags(line, ref reply)
                    ? ReadValue(input, length, limits, ref reply) : ReadStatus.Fault;
            case ('H' << 8) | 'D':
                reply.Kind = ReplyKind.Done;
                break;
            case ('E' << 8) | 'N' or ('N' << 8) | 'F':
                reply.Kind = ReplyKind.Miss;
                break;
            case ('N' << 8) | 'S':
                reply.Kind = ReplyKind.NotStored;
                break;
            case ('E' << 8) | 'X':
                reply.Kind = ReplyKind.Exists;
                break;
            default:
                return ReadStatus.Fault;
        }

        return ReadMetaFlags(line, ref reply) ? ReadStatus.Read : ReadStatus.Fault;
    }

    private static bool ReadMetaFlags(ReadOnlySpan<byte> line, ref ServerReply reply)
    {
        int offset = reply.FlagsOffset;
        var words = new LineTokens(line[offset..]);
        bool isRight = true;
        while (isRight && words.Next())
        {
            var value = words.Current[1..];
            switch (words.Current[0])
            {
                case (byte)'f':
                    isRight = Digits.TryRead(value, out ulong flags);
                    reply.ClientFlags = (uint)flags;
                    break;
                case (byte)'c':
                    isRight = reply.HasUnique = Digits.TryRead(value, out reply.Unique);
                    break;
                case (byte)'t':
                    isRight = reply.HasRemainingTtl = Digits.TryReadSigned(value, out reply.RemainingTtl);
                    break;
                case (byte)'k':
                    (reply.KeyOffset, reply.KeyLength) = (offset + words.Start + 1, value.Length);
                    break;
            }
        }

        return isRight;
    }

    private static ReadStatus ReadListed(ReadOnlySpan<byte> line, ref ServerReply reply)
    {
        reply.Kind = ReplyKind.Done;
        reply.IsEnd = !(line.StartsWith("STAT "u8) || line.StartsWith("key="u8)
            || line.StartsWith("ITEM "u8) || line.StartsWith("PREFIX "u8));
        if (!reply.IsEnd && line.StartsWith("STAT "u8))
        {
            var words = new LineTokens(line[5..]);
            words.Next();
            (reply.KeyOffset, reply.KeyLength) = (5 + words.Start, words.Length);
        }

        return ReadStatus.Read;
    }

    private static ReadStatus ReadConfig(
        ReadOnlySpan<byte> input, ReadOnlySpan<byte> line, ReaderLimits limits, ref ServerReply reply)
    {
        var words = new LineTokens(line);
        words.Next();
        if (!words.Current.SequenceEqual("CONFIG"u8))
        {
            return line.SequenceEqual("END"u8) ? ReadAs(ReplyKind.Miss, ref reply) : ReadStatus.Fault;
        }

        words.Next();
        (reply.KeyOffset, reply.KeyLength) = (words.Start, words.Length);
        if (!words.Next() || !words.Next() || !Digits.TryReadLength(words.Current, out int length))
        {
            return ReadStatus.Fault;
        }

        reply.IsEnd = false;
        return ReadValue(input, length, limits, ref reply);
    }

    private static ReadStatus ReadDebug(ReadOnlySpan<byte> line, ref ServerReply reply) =>
        line.StartsWith("ME "u8) ? ReadAs(ReplyKind.Done, ref reply)
        : line.SequenceEqual("EN"u8) ? ReadAs(ReplyKind.Miss, ref reply)
        : ReadStatus.Fault;
}
