using System.Buffers.Binary;

namespace Fabrik.Wire.Memcached.Hashing;

/// <summary>
/// MD5 (RFC 1321) as a hash of keys, and as the source of four points of a ring. It protects nothing. The system's own
/// takes several times as long for a key, and is not there at all where only approved algorithms are.
/// </summary>
public static class Md5Hash
{
    /// <summary>Numbers of 32 bits in a digest.</summary>
    internal const int Parts = 4;

    private const int LengthSize = sizeof(ulong);

    /// <summary>The hash: the first four bytes of the digest, little-endian.</summary>
    public static ulong Compute(ReadOnlySpan<byte> key)
    {
        Span<uint> parts = stackalloc uint[Parts];
        Compute(key, parts);
        return parts[0];
    }

    /// <summary>The whole digest, as four little-endian numbers.</summary>
    internal static void Compute(ReadOnlySpan<byte> text, Span<uint> parts)
    {
        parts[0] = 0x67452301;
        parts[1] = 0xEFCDAB89;
        parts[2] = 0x98BADCFE;
        parts[3] = 0x10325476;
        var rest = text;
        for (; rest.Length >= Md5Block.Size; rest = rest[Md5Block.Size..])
        {
            Md5Block.Add(parts, rest);
        }

        // What is left, a one bit, zeros, and the number of bits at the end of a block.
        Span<byte> end = stackalloc byte[2 * Md5Block.Size];
        end.Clear();
        rest.CopyTo(end);
        end[rest.Length] = 0x80;
        var length = rest.Length + 1 + LengthSize <= Md5Block.Size ? Md5Block.Size : 2 * Md5Block.Size;
        BinaryPrimitives.WriteUInt64LittleEndian(end[(length - LengthSize)..], (ulong)text.Length * 8);
        for (var at = 0; at < length; at += Md5Block.Size)
        {
            Md5Block.Add(parts, end[at..]);
        }
    }
}
