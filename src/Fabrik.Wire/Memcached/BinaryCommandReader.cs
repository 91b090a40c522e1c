using System.Buffers.Binary;

namespace Fabrik.Wire.Memcached;

/// <summary>Reads one packet that a client sends, by the rules of memcached's <c>proto_bin.c</c>.</summary>
internal static class BinaryCommandReader
{
    private const int StorageExtras = 8;
    private const int CountingExtras = 20;
    private const int ExpiryExtras = 4;

    /// <summary>Reads the packet at the start of <paramref name="input"/>.</summary>
    public static ReadStatus TryRead(
        ReadOnlySpan<byte> input, ReaderLimits limits, ref Command command, ref CommandFault fault)
    {
        command.Protocol = MemcachedProtocol.Binary;
        command.ValueLength = -1;
        if (input[0] != BinaryHeader.Request)
        {
            fault = new CommandFault { Kind = FaultKind.BadMagic, Skip = 1, Closes = true, IsSilent = true };
            return ReadStatus.Fault;
        }

        if (input.Length < BinaryHeader.Size)
        {
            return ReadStatus.NeedMore;
        }

        var header = BinaryHeader.Read(input);
        command.Opcode = header.Opcode;
        command.Opaque = header.Opaque;
        command.Unique = header.Unique;
        command.IsQuiet = BinaryOpcode.IsQuiet(header.Opcode);
        command.Verb = BinaryOpcode.ToVerb(header.Opcode);
        command.HeadLength = BinaryHeader.Size + header.ExtrasLength + header.KeyLength;
        var kind = Check(in header, command.Verb, limits);
        if (kind is not (FaultKind.None or FaultKind.TooLarge))
        {
            fault = Fault(in header, kind);
            return ReadStatus.Fault;
        }

        Place(in header, ref command);
        if (kind == FaultKind.TooLarge)
        {
            // Whose value it would have been is told; the value is not waited for.
            command.Length = command.HeadLength;
            command.ValueLength = -1;
        }

        if (input.Length < command.HeadLength)
        {
            return ReadStatus.NeedMore;
        }

        if (kind == FaultKind.TooLarge)
        {
            fault = Fault(in header, kind);
            return ReadStatus.Fault;
        }

        ReadExtras(input.Slice(BinaryHeader.Size, header.ExtrasLength), ref command);
        return input.Length < command.Length ? ReadStatus.NeedMore : ReadStatus.Read;
    }

    private static CommandFault Fault(in BinaryHeader header, FaultKind kind) => new()
    {
        Kind = kind,
        Skip = BinaryHeader.Size + (long)header.BodyLength,
        Closes = kind is FaultKind.InvalidArguments or FaultKind.BadLengths,
        Protocol = MemcachedProtocol.Binary,
        Opcode = header.Opcode,
        Opaque = header.Opaque,
    };

    private static FaultKind Check(in BinaryHeader header, Verb verb, ReaderLimits limits)
    {
        if (header.KeyLength + header.ExtrasLength > header.BodyLength)
        {
            return FaultKind.BadLengths;
        }

        if (header.KeyLength > ReaderLimits.MaxKeyLength)
        {
            return FaultKind.InvalidArguments;
        }

        if (verb == Verb.None)
        {
            return FaultKind.UnknownCommand;
        }

        long value = header.BodyLength - header.KeyLength - (long)header.ExtrasLength;
        return !IsRight(in header, verb, value) ? FaultKind.InvalidArguments
            : value > limits.MaxValueLength ? FaultKind.TooLarge
            : FaultKind.None;
    }

    private static bool IsRight(in BinaryHeader header, Verb verb, long value)
    {
        int extras = header.ExtrasLength;
        bool hasKey = header.KeyLength > 0;
        return verb switch
        {
            Verb.Set or Verb.Add or Verb.Replace => extras == StorageExtras && hasKey,
            Verb.Get or Verb.Delete => extras == 0 && hasKey && value == 0,
            Verb.Increment or Verb.Decrement => extras == CountingExtras && hasKey && value == 0,
            Verb.Append or Verb.Prepend or Verb.SaslAuth or Verb.SaslStep => extras == 0 && hasKey,
            // What stands behind the key would be taken for the next packet by servers that do not pass over it.
            Verb.Touch or Verb.Gat => extras == ExpiryExtras && hasKey && value == 0,
            Verb.FlushAll => extras is 0 or ExpiryExtras && !hasKey && value == 0,
            Verb.Stats => extras == 0 && value == 0,
            _ => header.BodyLength == 0,
        };
    }

    private static void Place(in BinaryHeader header, ref Command command)
    {
        command.KeyOffset = BinaryHeader.Size + header.ExtrasLength;
        command.KeyLength = header.KeyLength;
        command.KeyCount = header.KeyLength > 0 ? 1 : 0;
        command.Length = BinaryHeader.Size + (int)header.BodyLength;
        command.ValueLength = command.Verb is Verb.Set or Verb.Add or Verb.Replace
            or Verb.Append or Verb.Prepend or Verb.SaslAuth or Verb.SaslStep
            ? command.Length - command.HeadLength : -1;
    }

    private static void ReadExtras(ReadOnlySpan<byte> extras, ref Command command)
    {
        switch (extras.Length)
        {
            case StorageExtras:
                command.ClientFlags = BinaryPrimitives.ReadUInt32BigEndian(extras);
                command.Expiry = BinaryPrimitives.ReadInt32BigEndian(extras[4..]);
                break;
            case CountingExtras:
                command.Delta = BinaryPrimitives.ReadUInt64BigEndian(extras);
                command.Initial = BinaryPrimitives.ReadUInt64BigEndian(extras[8..]);
                command.Expiry = BinaryPrimitives.ReadInt32BigEndian(extras[16..]);
                break;
            case ExpiryExtras:
                command.Expiry = BinaryPrimitives.ReadInt32BigEndian(extras);
                break;
        }
    }
}
