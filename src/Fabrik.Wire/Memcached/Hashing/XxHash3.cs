using System.Buffers.Binary;
using System.Numerics;

namespace Fabrik.Wire.Memcached.Hashing;

/// <summary>
/// XXH3 of 64 bits without a seed (<c>xxhash_spec.md</c> of Cyan4973/xxHash): what memcached's own proxy hashes keys
/// by.
/// </summary>
public static class XxHash3
{
    internal const ulong Prime64A = 0x9E3779B185EBCA87;
    internal const ulong Prime64B = 0xC2B2AE3D27D4EB4F;
    internal const ulong Prime64C = 0x165667B19E3779F9;

    private const int MaxMiddle = 240;
    private const int LeastSecret = 136;

    /// <summary>What input is mixed with, as the specification gives it.</summary>
    internal static ReadOnlySpan<byte> Secret =>
    [
        0xB8, 0xFE, 0x6C, 0x39, 0x23, 0xA4, 0x4B, 0xBE, 0x7C, 0x01, 0x81, 0x2C, 0xF7, 0x21, 0xAD, 0x1C,
        0xDE, 0xD4, 0x6D, 0xE9, 0x83, 0x90, 0x97, 0xDB, 0x72, 0x40, 0xA4, 0xA4, 0xB7, 0xB3, 0x67, 0x1F,
        0xCB, 0x79, 0xE6, 0x4E, 0xCC, 0xC0, 0xE5, 0x78, 0x82, 0x5A, 0xD0, 0x7D, 0xCC, 0xFF, 0x72, 0x21,
        0xB8, 0x08, 0x46, 0x74, 0xF7, 0x43, 0x24, 0x8E, 0xE0, 0x35, 0x90, 0xE6, 0x81, 0x3A, 0x26, 0x4C,
        0x3C, 0x28, 0x52, 0xBB, 0x91, 0xC3, 0x00, 0xCB, 0x88, 0xD0, 0x65, 0x8B, 0x1B, 0x53, 0x2E, 0xA3,
        0x71, 0x64, 0x48, 0x97, 0xA2, 0x0D, 0xF9, 0x4E, 0x38, 0x19, 0xEF, 0x46, 0xA9, 0xDE, 0xAC, 0xD8,
        0xA8, 0xFA, 0x76, 0x3F, 0xE3, 0x9C, 0x34, 0x3F, 0xF9, 0xDC, 0xBB, 0xC7, 0xC7, 0x0B, 0x4F, 0x1D,
        0x8A, 0x51, 0xE0, 0x4B, 0xCD, 0xB4, 0x59, 0x31, 0xC8, 0x9F, 0x7E, 0xC9, 0xD9, 0x78, 0x73, 0x64,
        0xEA, 0xC5, 0xAC, 0x83, 0x34, 0xD3, 0xEB, 0xC3, 0xC5, 0x81, 0xA0, 0xFF, 0xFA, 0x13, 0x63, 0xEB,
        0x17, 0x0D, 0xDD, 0x51, 0xB7, 0xF0, 0xDA, 0x49, 0xD3, 0x16, 0x55, 0x26, 0x29, 0xD4, 0x68, 0x9E,
        0x2B, 0x16, 0xBE, 0x58, 0x7D, 0x47, 0xA1, 0xFC, 0x8F, 0xF8, 0xB8, 0xD1, 0x7A, 0xD0, 0x31, 0xCE,
        0x45, 0xCB, 0x3A, 0x8F, 0x95, 0x16, 0x04, 0x28, 0xAF, 0xD7, 0xFB, 0xCA, 0xBB, 0x4B, 0x40, 0x7E,
    ];

    /// <summary>The hash.</summary>
    public static ulong Compute(ReadOnlySpan<byte> key) => key.Length switch
    {
        0 => FinishShort(Word(Secret, 56) ^ Word(Secret, 64)),
        <= 3 => HashTo3(key),
        <= 8 => HashTo8(key),
        <= 16 => HashTo16(key),
        <= 128 => HashTo128(key),
        <= MaxMiddle => HashTo240(key),
        _ => XxHash3Stripes.Compute(key),
    };

    internal static ulong Word(ReadOnlySpan<byte> bytes, int at) =>
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);

    /// <summary>The two halves of a product of 128 bits, folded into one.</summary>
    internal static ulong Fold(ulong left, ulong right)
    {
        var high = Math.BigMul(left, right, out var low);
        return high ^ low;
    }

    internal static ulong Finish(ulong hash)
    {
        hash ^= hash >> 37;
        hash *= 0x165667919E3779F9;
        return hash ^ (hash >> 32);
    }

    private static ulong FinishShort(ulong hash)
    {
        hash ^= hash >> 33;
        hash *= Prime64B;
        hash ^= hash >> 29;
        hash *= Prime64C;
        return hash ^ (hash >> 32);
    }

    private static ulong HashTo3(ReadOnlySpan<byte> key)
    {
        var combined = ((uint)key[0] << 16) | ((uint)key[key.Length >> 1] << 24) | key[^1] | ((uint)key.Length << 8);
        var flip = BinaryPrimitives.ReadUInt32LittleEndian(Secret)
            ^ BinaryPrimitives.ReadUInt32LittleEndian(Secret[4..]);
        return FinishShort(combined ^ flip);
    }

    private static ulong HashTo8(ReadOnlySpan<byte> key)
    {
        var first = BinaryPrimitives.ReadUInt32LittleEndian(key);
        var last = BinaryPrimitives.ReadUInt32LittleEndian(key[^4..]);
        var hash = (last + ((ulong)first << 32)) ^ Word(Secret, 8) ^ Word(Secret, 16);
        hash ^= BitOperations.RotateLeft(hash, 49) ^ BitOperations.RotateLeft(hash, 24);
        hash *= 0x9FB21C651E98DF25;
        hash ^= (hash >> 35) + (ulong)key.Length;
        hash *= 0x9FB21C651E98DF25;
        return hash ^ (hash >> 28);
    }

    private static ulong HashTo16(ReadOnlySpan<byte> key)
    {
        var low = Word(key, 0) ^ Word(Secret, 24) ^ Word(Secret, 32);
        var high = Word(key, key.Length - 8) ^ Word(Secret, 40) ^ Word(Secret, 48);
        return Finish((ulong)key.Length + BinaryPrimitives.ReverseEndianness(low) + high + Fold(low, high));
    }

    private static ulong HashTo128(ReadOnlySpan<byte> key)
    {
        var sum = (ulong)key.Length * Prime64A;
        for (var pair = (key.Length - 1) / 32; pair >= 0; pair--)
        {
            sum += Mix(key, 16 * pair, 32 * pair);
            sum += Mix(key, key.Length - (16 * (pair + 1)), (32 * pair) + 16);
        }

        return Finish(sum);
    }

    private static ulong HashTo240(ReadOnlySpan<byte> key)
    {
        var sum = (ulong)key.Length * Prime64A;
        for (var round = 0; round < 8; round++)
        {
            sum += Mix(key, 16 * round, 16 * round);
        }

        sum = Finish(sum);
        for (var round = 8; round < key.Length / 16; round++)
        {
            sum += Mix(key, 16 * round, (16 * (round - 8)) + 3);
        }

        return Finish(sum + Mix(key, key.Length - 16, LeastSecret - 17));
    }

    private static ulong Mix(ReadOnlySpan<byte> key, int at, int secret) =>
        Fold(Word(key, at) ^ Word(Secret, secret), Word(key, at + 8) ^ Word(Secret, secret + 8));
}
