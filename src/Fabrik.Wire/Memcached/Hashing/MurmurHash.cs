using System.Buffers.Binary;

namespace Fabrik.Wire.Memcached.Hashing;

/// <summary>Austin Appleby's MurmurHash2 of 32 bits, with the seed that libmemcached and twemproxy give it.</summary>
public static class MurmurHash
{
    private const uint Mixer = 0x5BD1E995;

    /// <summary>The hash.</summary>
    public static ulong Compute(ReadOnlySpan<byte> key)
    {
        var hash = unchecked(0xDEADBEEF * (uint)key.Length) ^ (uint)key.Length;
        while (key.Length >= 4)
        {
            var word = BinaryPrimitives.ReadUInt32LittleEndian(key) * Mixer;
            word ^= word >> 24;
            hash = (hash * Mixer) ^ (word * Mixer);
            key = key[4..];
        }

        if (!key.IsEmpty)
        {
            for (var i = 0; i < key.Length; i++)
            {
                hash ^= (uint)key[i] << (8 * i);
            }

            hash *= Mixer;
        }

        hash ^= hash >> 13;
        hash *= Mixer;
        return hash ^ (hash >> 15);
    }
}
