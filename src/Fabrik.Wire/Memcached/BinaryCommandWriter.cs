using System.Buffers.Binary;

namespace Fabrik.Wire.Memcached;

/// <summary>
/// Writes what a proxy itself asks of servers, in the binary protocol. Each method returns the bytes that it wrote.
/// </summary>
public static class BinaryCommandWriter
{
    private static ReadOnlySpan<byte> Plain => "PLAIN"u8;

    /// <summary>Writes a packet of an opcode and a key: GET, GETK, DELETE.</summary>
    public static int Keyed(Span<byte> destination, byte opcode, ReadOnlySpan<byte> key, uint opaque)
    {
        Header(destination, opcode, new Lengths(0, key.Length, 0), opaque);
        key.CopyTo(destination[BinaryHeader.Size..]);
        return BinaryHeader.Size + key.Length;
    }

    /// <summary>Writes TOUCH, GAT or GATK.</summary>
    public static int Touch(Span<byte> destination, byte opcode, ReadOnlySpan<byte> key, long expiry, uint opaque)
    {
        Header(destination, opcode, new Lengths(4, key.Length, 0), opaque);
        BinaryPrimitives.WriteInt32BigEndian(destination[BinaryHeader.Size..], (int)expiry);
        key.CopyTo(destination[(BinaryHeader.Size + 4)..]);
        return BinaryHeader.Size + 4 + key.Length;
    }

    /// <summary>Writes what stands before the value of SET, ADD or REPLACE; the value follows.</summary>
    public static int StorageHead(
        Span<byte> destination, byte opcode, ReadOnlySpan<byte> key, in ItemHead item, uint opaque)
    {
        Header(destination, opcode, new Lengths(8, key.Length, item.ValueLength), opaque, item.Unique);
        BinaryPrimitives.WriteUInt32BigEndian(destination[BinaryHeader.Size..], item.ClientFlags);
        BinaryPrimitives.WriteInt32BigEndian(destination[(BinaryHeader.Size + 4)..], (int)item.Expiry);
        key.CopyTo(destination[(BinaryHeader.Size + 8)..]);
        return BinaryHeader.Size + 8 + key.Length;
    }

    /// <summary>Writes NOOP.</summary>
    public static int Noop(Span<byte> destination, uint opaque) => Bare(destination, BinaryOpcode.Noop, opaque);

    /// <summary>Writes VERSION.</summary>
    public static int Version(Span<byte> destination, uint opaque) => Bare(destination, BinaryOpcode.Version, opaque);

    /// <summary>Writes SASL AUTH by the mechanism PLAIN (RFC 4616).</summary>
    /// <param name="destination">
    /// At least <see cref="BinaryHeader.Size"/> and 7 bytes more than user and password.
    /// </param>
    /// <param name="user">The name, without NUL.</param>
    /// <param name="password">The password, without NUL.</param>
    /// <param name="opaque">What the answer is told by.</param>
    public static int SaslPlain(
        Span<byte> destination, ReadOnlySpan<byte> user, ReadOnlySpan<byte> password, uint opaque)
    {
        Header(
            destination,
            BinaryOpcode.SaslAuth,
            new Lengths(0, Plain.Length, user.Length + password.Length + 2),
            opaque);
        var packet = new SpanWriter(destination[BinaryHeader.Size..]);
        packet.Add(Plain);
        packet.Add((byte)0);
        packet.Add(user);
        packet.Add((byte)0);
        packet.Add(password);
        return BinaryHeader.Size + packet.Length;
    }

    private static int Bare(Span<byte> destination, byte opcode, uint opaque)
    {
        Header(destination, opcode, default, opaque);
        return BinaryHeader.Size;
    }

    private static void Header(
        Span<byte> destination, byte opcode, Lengths lengths, uint opaque, ulong unique = 0)
    {
        var header = new BinaryHeader
        {
            Magic = BinaryHeader.Request,
            Opcode = opcode,
            ExtrasLength = (byte)lengths.Extras,
            KeyLength = (ushort)lengths.Key,
            BodyLength = (uint)(lengths.Extras + lengths.Key + lengths.Value),
            Opaque = opaque,
            Unique = unique,
        };
        header.Write(destination);
    }

    private readonly record struct Lengths(int Extras, int Key, int Value);
}
