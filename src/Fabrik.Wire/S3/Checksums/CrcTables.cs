using System.Buffers.Binary;
using System.Numerics;

namespace Fabrik.Wire.S3.Checksums;

/// <summary>
/// Reflected CRCs by tables, eight bytes a turn ("slicing by 8"): the state is not inverted here. A CRC of 32 bits runs
/// in the same tables as one of 64, with the upper half empty.
/// </summary>
internal sealed class CrcTables
{
    /// <summary>CRC-32 (ISO-HDLC).</summary>
    public static readonly CrcTables Crc32 = new(0xEDB88320);

    /// <summary>CRC-64/NVME.</summary>
    public static readonly CrcTables Crc64Nvme = new(0x9A6C9329AC4BC9B5);

    private readonly ulong[] _tables = new ulong[8 * 256];

    private CrcTables(ulong reflectedPolynomial)
    {
        for (var value = 0; value < 256; value++)
        {
            var crc = (ulong)value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ reflectedPolynomial;
            }

            _tables[value] = crc;
        }

        for (var i = 256; i < _tables.Length; i++)
        {
            var shorter = _tables[i - 256];
            _tables[i] = _tables[(byte)shorter] ^ (shorter >> 8);
        }
    }

    /// <summary>CRC-32C, by the processor's instruction where there is one.</summary>
    public static uint AppendCrc32C(uint crc, ReadOnlySpan<byte> data)
    {
        while (data.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[sizeof(ulong)..];
        }

        foreach (var one in data)
        {
            crc = BitOperations.Crc32C(crc, one);
        }

        return crc;
    }

    public ulong Append(ulong crc, ReadOnlySpan<byte> data)
    {
        ReadOnlySpan<ulong> tables = _tables;
        tables = tables[..(8 * 256)];
        while (data.Length >= sizeof(ulong))
        {
            var word = crc ^ BinaryPrimitives.ReadUInt64LittleEndian(data);
            crc = tables[0x700 + (byte)word]
                ^ tables[0x600 + (byte)(word >> 8)]
                ^ tables[0x500 + (byte)(word >> 16)]
                ^ tables[0x400 + (byte)(word >> 24)]
                ^ tables[0x300 + (byte)(word >> 32)]
                ^ tables[0x200 + (byte)(word >> 40)]
                ^ tables[0x100 + (byte)(word >> 48)]
                ^ tables[(byte)(word >> 56)];
            data = data[sizeof(ulong)..];
        }

        foreach (var one in data)
        {
            crc = tables[(byte)(crc ^ one)] ^ (crc >> 8);
        }

        return crc;
    }
}
