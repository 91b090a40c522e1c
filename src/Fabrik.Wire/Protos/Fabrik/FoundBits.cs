namespace Fabrik.Wire.Protos.Fabrik;

/// <summary>The answer to a batch: one bit for each hash, bit i % 8 (from the lowest) of byte i / 8.</summary>
public static class FoundBits
{
    /// <summary>Bytes that the bits of so many hashes take.</summary>
    public static int LengthFor(int count) => (count + 7) / 8;

    /// <summary>Packs values into bits.</summary>
    public static byte[] Pack(ReadOnlySpan<bool> found)
    {
        var bits = new byte[LengthFor(found.Length)];
        for (var i = 0; i < found.Length; i++)
        {
            bits[i >> 3] |= (byte)((found[i] ? 1 : 0) << (i & 7));
        }

        return bits;
    }

    /// <summary>Unpacks bits; false when there are not exactly enough bytes for the values.</summary>
    public static bool TryUnpack(ReadOnlySpan<byte> bits, Span<bool> found)
    {
        if (bits.Length != LengthFor(found.Length))
        {
            return false;
        }

        for (var i = 0; i < found.Length; i++)
        {
            found[i] = (bits[i >> 3] >> (i & 7) & 1) != 0;
        }

        return true;
    }
}
