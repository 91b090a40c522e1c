using System.Buffers.Binary;
using System.Numerics;

namespace Fabrik.Memcached.SideEffects.Spool;

/// <summary>
/// A key in a file: its length in 4 bytes, the CRC-32C of length and key in 4 bytes, both little-endian, and the key.
/// </summary>
internal static class SpoolRecord
{
    /// <summary>Bytes before the key.</summary>
    public const int HeadLength = 8;

    /// <summary>Bytes of a key at most: what the binary protocol can say.</summary>
    public const int MaxKeyLength = ushort.MaxValue;

    /// <summary>Writes a record; the bytes that it took.</summary>
    public static int Write(Span<byte> destination, ReadOnlySpan<byte> key)
    {
        BinaryPrimitives.WriteInt32LittleEndian(destination, key.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], Checksum(key));
        key.CopyTo(destination[HeadLength..]);
        return HeadLength + key.Length;
    }

    /// <summary>Reads the record at the start of some bytes.</summary>
    /// <returns>Whether there is a whole one that is as it was written.</returns>
    public static bool TryRead(ReadOnlySpan<byte> source, out ReadOnlySpan<byte> key)
    {
        key = default;
        if (source.Length < HeadLength)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(source);
        if (length is <= 0 or > MaxKeyLength || source.Length < HeadLength + length)
        {
            return false;
        }

        key = source.Slice(HeadLength, length);
        return BinaryPrimitives.ReadUInt32LittleEndian(source[4..]) == Checksum(key);
    }

    /// <summary>How many records there are up to the first one that is not whole.</summary>
    public static int Count(ReadOnlySpan<byte> source)
    {
        var count = 0;
        while (TryRead(source, out var key))
        {
            source = source[(HeadLength + key.Length)..];
            count++;
        }

        return count;
    }

    private static uint Checksum(ReadOnlySpan<byte> key)
    {
        var sum = BitOperations.Crc32C(uint.MaxValue, (uint)key.Length);
        foreach (var value in key)
        {
            sum = BitOperations.Crc32C(sum, value);
        }

        return ~sum;
    }
}
