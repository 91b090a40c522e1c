using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Fabrik.Wire.Memcached;

/// <summary>What each packet of the binary protocol begins with (memcached's <c>doc/protocol-binary.txt</c>).</summary>
[StructLayout(LayoutKind.Auto)]
public struct BinaryHeader
{
    /// <summary>Bytes of it.</summary>
    public const int Size = 24;

    /// <summary>The first byte of a request.</summary>
    public const byte Request = 0x80;

    /// <summary>The first byte of an answer.</summary>
    public const byte Response = 0x81;

    /// <summary><see cref="Request"/> or <see cref="Response"/>.</summary>
    public byte Magic;

    /// <summary>What it does; of <see cref="BinaryOpcode"/>.</summary>
    public byte Opcode;

    /// <summary>Bytes of the key.</summary>
    public ushort KeyLength;

    /// <summary>Bytes of what stands before the key.</summary>
    public byte ExtrasLength;

    /// <summary>0 in all that is known.</summary>
    public byte DataType;

    /// <summary>How it ended; in a request the number of a bucket that memcached does not use.</summary>
    public BinaryStatus Status;

    /// <summary>Bytes of extras, key and value together.</summary>
    public uint BodyLength;

    /// <summary>What the asker tells the answer by.</summary>
    public uint Opaque;

    /// <summary>The unique number of the value.</summary>
    public ulong Unique;

    /// <summary>Reads one.</summary>
    /// <param name="source">At least <see cref="Size"/> bytes.</param>
    public static BinaryHeader Read(ReadOnlySpan<byte> source)
    {
        source = source[..Size];
        return new BinaryHeader
        {
            Magic = source[0],
            Opcode = source[1],
            KeyLength = BinaryPrimitives.ReadUInt16BigEndian(source[2..]),
            ExtrasLength = source[4],
            DataType = source[5],
            Status = (BinaryStatus)BinaryPrimitives.ReadUInt16BigEndian(source[6..]),
            BodyLength = BinaryPrimitives.ReadUInt32BigEndian(source[8..]),
            Opaque = BinaryPrimitives.ReadUInt32BigEndian(source[12..]),
            Unique = BinaryPrimitives.ReadUInt64BigEndian(source[16..]),
        };
    }

    /// <summary>Writes it.</summary>
    /// <param name="destination">At least <see cref="Size"/> bytes.</param>
    public readonly void Write(Span<byte> destination)
    {
        destination = destination[..Size];
        destination[0] = Magic;
        destination[1] = Opcode;
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], KeyLength);
        destination[4] = ExtrasLength;
        destination[5] = DataType;
        BinaryPrimitives.WriteUInt16BigEndian(destination[6..], (ushort)Status);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], BodyLength);
        BinaryPrimitives.WriteUInt32BigEndian(destination[12..], Opaque);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], Unique);
    }
}
