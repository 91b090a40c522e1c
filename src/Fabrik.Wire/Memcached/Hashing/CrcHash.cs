namespace Fabrik.Wire.Memcached.Hashing;

/// <summary>Cyclic redundancy checks that keys are spread by.</summary>
public static class CrcHash
{
    private static readonly uint[] Table32 = MakeTable32();
    private static readonly ushort[] Table16 = MakeTable16();

    /// <summary>
    /// <c>crc16</c>: CRC-16/XMODEM as twemproxy has it. What is shifted out above bit 15 is kept, so that it has 32
    /// bits.
    /// </summary>
    public static ulong Compute16(ReadOnlySpan<byte> key)
    {
        uint crc = 0;
        foreach (var value in key)
        {
            crc = (crc << 8) ^ Table16[(byte)((crc >> 8) ^ value)];
        }

        return crc;
    }

    /// <summary><c>crc32</c>: bits 16 to 30 of CRC-32, as libmemcached and twemproxy have it.</summary>
    public static ulong Compute32(ReadOnlySpan<byte> key) => (Compute32A(key) >> 16) & 0x7FFF;

    /// <summary><c>crc32a</c>: CRC-32 of zip and nginx.</summary>
    public static ulong Compute32A(ReadOnlySpan<byte> key) => (uint)~Append32(uint.MaxValue, key);

    /// <summary>CRC-32 without its last inversion, continued.</summary>
    /// <param name="crc">What it was; all ones to begin with.</param>
    /// <param name="bytes">What follows.</param>
    internal static uint Append32(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            crc = (crc >> 8) ^ Table32[(byte)(crc ^ value)];
        }

        return crc;
    }

    private static uint[] MakeTable32()
    {
        const uint Reversed = 0xEDB88320;
        var table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ Reversed;
            }

            table[i] = crc;
        }

        return table;
    }

    private static ushort[] MakeTable16()
    {
        const int Polynomial = 0x1021;
        var table = new ushort[256];
        for (var i = 0; i < table.Length; i++)
        {
            var crc = i << 8;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 0x8000) == 0 ? crc << 1 : (crc << 1) ^ Polynomial;
            }

            table[i] = (ushort)crc;
        }

        return table;
    }
}
