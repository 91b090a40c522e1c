using System.Buffers.Binary;

namespace Fabrik.Wire.Memcached;

/// <summary>Reads one packet that a server answers.</summary>
internal static class BinaryReplyReader
{
    private const int FlagsExtras = 4;
    private const int NumberLength = 8;

    /// <summary>Reads the packet at the start of <paramref name="input"/>.</summary>
    public static ReadStatus TryRead(
        ReadOnlySpan<byte> input, Verb verb, ReaderLimits limits, ref ServerReply reply)
    {
        if (!input.IsEmpty && input[0] != BinaryHeader.Response)
        {
            return ReadStatus.Fault;
        }

        if (input.Length < BinaryHeader.Size)
        {
            return ReadStatus.NeedMore;
        }

        var header = BinaryHeader.Read(input);
        long value = header.BodyLength - header.KeyLength - (long)header.ExtrasLength;
        if (value < 0 || value > limits.MaxValueLength || header.KeyLength > ReaderLimits.MaxKeyLength
            || !Fits(verb, header.Opcode))
        {
            return ReadStatus.Fault;
        }

        Place(in header, (int)value, ref reply);
        reply.Kind = KindOf(header.Status, verb);
        if (input.Length < reply.Length)
        {
            return ReadStatus.NeedMore;
        }

        return header.Status == BinaryStatus.Success ? ReadSuccess(input, verb, in header, ref reply) : ReadStatus.Read;
    }

    private static bool Fits(Verb verb, byte opcode) =>
        BinaryOpcode.ToVerb(opcode) == verb
        || (verb is Verb.Gets or Verb.Gats && BinaryOpcode.ToVerb(opcode) is Verb.Get or Verb.Gat)
        || (verb == Verb.Cas && BinaryOpcode.ToVerb(opcode) == Verb.Set);

    private static void Place(in BinaryHeader header, int value, ref ServerReply reply)
    {
        reply.Opcode = header.Opcode;
        reply.Opaque = header.Opaque;
        reply.Status = header.Status;
        reply.Unique = header.Unique;
        reply.HasUnique = header.Unique != 0;
        reply.KeyOffset = BinaryHeader.Size + header.ExtrasLength;
        reply.KeyLength = header.KeyLength;
        reply.HeadLength = reply.KeyOffset + header.KeyLength;
        reply.ValueOffset = reply.HeadLength;
        reply.ValueLength = value;
        reply.Length = reply.HeadLength + value;
    }

    private static ReplyKind KindOf(BinaryStatus status, Verb verb) => status switch
    {
        BinaryStatus.Success => verb is Verb.Get or Verb.Gets or Verb.Gat or Verb.Gats ? ReplyKind.Hit : ReplyKind.Done,
        BinaryStatus.KeyNotFound => ReplyKind.Miss,
        // To an ADD it says that there is a value, as the text protocol's NOT_STORED does.
        BinaryStatus.KeyExists => verb == Verb.Add ? ReplyKind.NotStored : ReplyKind.Exists,
        BinaryStatus.NotStored => ReplyKind.NotStored,
        BinaryStatus.AuthenticationContinue => ReplyKind.Done,
        BinaryStatus.OutOfMemory or BinaryStatus.InternalError or BinaryStatus.Busy
            or BinaryStatus.TemporaryFailure or BinaryStatus.TooLarge => ReplyKind.ServerError,
        _ => ReplyKind.ClientError,
    };

    private static ReadStatus ReadSuccess(
        ReadOnlySpan<byte> input, Verb verb, in BinaryHeader header, ref ServerReply reply)
    {
        if (reply.Kind == ReplyKind.Hit)
        {
            if (header.ExtrasLength != FlagsExtras)
            {
                return ReadStatus.Fault;
            }

            reply.ClientFlags = BinaryPrimitives.ReadUInt32BigEndian(input[BinaryHeader.Size..]);
        }

        if (verb is Verb.Increment or Verb.Decrement)
        {
            if (reply.ValueLength != NumberLength)
            {
                return ReadStatus.Fault;
            }

            reply.Number = BinaryPrimitives.ReadUInt64BigEndian(input[reply.ValueOffset..]);
        }

        // The packet that ends statistics is the one without a name.
        reply.IsEnd = verb != Verb.Stats || header.KeyLength == 0;
        return ReadStatus.Read;
    }
}
