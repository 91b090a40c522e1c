using System.Buffers.Binary;

namespace Fabrik.Wire.Memcached;

/// <summary>Writes answers of the binary protocol.</summary>
internal static class BinaryReplyWriter
{
    private const int FlagsExtras = 4;

    public static int Hit(Span<byte> destination, ReadOnlySpan<byte> message, in Command command, in HitHead hit)
    {
        var key = BinaryOpcode.ReturnsKey(command.Opcode)
            ? message.Slice(command.KeyOffset, command.KeyLength) : default;
        int value = command.Verb == Verb.Touch ? 0 : hit.ValueLength;
        var header = Header(in command, BinaryStatus.Success, FlagsExtras + key.Length + value);
        header.ExtrasLength = FlagsExtras;
        header.KeyLength = (ushort)key.Length;
        header.Unique = hit.Unique;
        header.Write(destination);
        BinaryPrimitives.WriteUInt32BigEndian(destination[BinaryHeader.Size..], hit.ClientFlags);
        key.CopyTo(destination[(BinaryHeader.Size + FlagsExtras)..]);
        return BinaryHeader.Size + FlagsExtras + key.Length;
    }

    public static int Outcome(
        Span<byte> destination, ReadOnlySpan<byte> message, in Command command, ReplyKind kind, ulong unique)
    {
        if (kind == ReplyKind.Done)
        {
            var header = Header(in command, BinaryStatus.Success, 0);
            header.Unique = unique;
            header.Write(destination);
            return BinaryHeader.Size;
        }

        if (kind == ReplyKind.Miss && BinaryOpcode.ReturnsKey(command.Opcode))
        {
            var header = Header(in command, BinaryStatus.KeyNotFound, command.KeyLength);
            header.KeyLength = (ushort)command.KeyLength;
            header.Write(destination);
            message.Slice(command.KeyOffset, command.KeyLength).CopyTo(destination[BinaryHeader.Size..]);
            return BinaryHeader.Size + command.KeyLength;
        }

        var status = Status(command.Verb, kind);
        return Error(destination, in command, status, StatusText(status));
    }

    public static int Number(Span<byte> destination, in Command command, ulong number, ulong unique)
    {
        var header = Header(in command, BinaryStatus.Success, sizeof(ulong));
        header.Unique = unique;
        header.Write(destination);
        BinaryPrimitives.WriteUInt64BigEndian(destination[BinaryHeader.Size..], number);
        return BinaryHeader.Size + sizeof(ulong);
    }

    public static int Text(Span<byte> destination, in Command command, ReadOnlySpan<byte> text) =>
        Error(destination, in command, BinaryStatus.Success, text);

    public static int Error(
        Span<byte> destination, in Command command, BinaryStatus status, ReadOnlySpan<byte> text)
    {
        Header(in command, status, text.Length).Write(destination);
        text.CopyTo(destination[BinaryHeader.Size..]);
        return BinaryHeader.Size + text.Length;
    }

    public static int Statistic(
        Span<byte> destination, in Command command, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var header = Header(in command, BinaryStatus.Success, name.Length + value.Length);
        header.KeyLength = (ushort)name.Length;
        header.Write(destination);
        name.CopyTo(destination[BinaryHeader.Size..]);
        value.CopyTo(destination[(BinaryHeader.Size + name.Length)..]);
        return BinaryHeader.Size + name.Length + value.Length;
    }

    private static BinaryHeader Header(in Command command, BinaryStatus status, int bodyLength) => new()
    {
        Magic = BinaryHeader.Response,
        Opcode = command.Opcode,
        Status = status,
        BodyLength = (uint)bodyLength,
        Opaque = command.Opaque,
    };

    private static BinaryStatus Status(Verb verb, ReplyKind kind) => kind switch
    {
        ReplyKind.NotStored when verb == Verb.Add => BinaryStatus.KeyExists,
        ReplyKind.NotStored when verb == Verb.Replace => BinaryStatus.KeyNotFound,
        ReplyKind.NotStored => BinaryStatus.NotStored,
        ReplyKind.Miss when verb is Verb.Append or Verb.Prepend => BinaryStatus.NotStored,
        ReplyKind.Miss => BinaryStatus.KeyNotFound,
        ReplyKind.Exists => BinaryStatus.KeyExists,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No outcome without a text."),
    };

    private static ReadOnlySpan<byte> StatusText(BinaryStatus status) => status switch
    {
        BinaryStatus.KeyExists => "Data exists for key."u8,
        BinaryStatus.NotStored => "Not stored."u8,
        _ => "Not found"u8,
    };
}
