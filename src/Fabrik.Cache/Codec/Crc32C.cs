using System.Buffers.Binary;
using System.Numerics;

namespace Fabrik.Cache.Codec;

/// <summary>
/// CRC-32C (Castagnoli; RFC 3720, appendix B.4): finds damage on disk, not forgery. The runtime turns
/// <see cref="BitOperations.Crc32C(uint, ulong)"/> into the instruction of SSE4.2 or ARMv8, and into a table elsewhere.
/// </summary>
public static class Crc32C
{
    /// <summary>Bytes of a checksum as it is written, little-endian.</summary>
    public const int Length = sizeof(uint);

    /// <summary>The checksum of some bytes.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes) => Append(0, bytes);

    /// <summary>The checksum of what a checksum covers, followed by more bytes.</summary>
    public static uint Append(uint checksum, ReadOnlySpan<byte> bytes)
    {
        var state = ~checksum;
        while (bytes.Length >= sizeof(ulong))
        {
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var value in bytes)
        {
            state = BitOperations.Crc32C(state, value);
        }

        return ~state;
    }
}
