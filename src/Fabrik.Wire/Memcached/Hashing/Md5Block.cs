using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Fabrik.Wire.Memcached.Hashing;

/// <summary>What MD5 does with a block of 64 bytes (RFC 1321, 3.4).</summary>
internal static class Md5Block
{
    /// <summary>Bytes of a block.</summary>
    public const int Size = 64;

    /// <summary>2³² times the sine of 1 to 64.</summary>
    private static readonly uint[] Sines =
    [
        0xD76AA478, 0xE8C7B756, 0x242070DB, 0xC1BDCEEE, 0xF57C0FAF, 0x4787C62A, 0xA8304613, 0xFD469501,
        0x698098D8, 0x8B44F7AF, 0xFFFF5BB1, 0x895CD7BE, 0x6B901122, 0xFD987193, 0xA679438E, 0x49B40821,
        0xF61E2562, 0xC040B340, 0x265E5A51, 0xE9B6C7AA, 0xD62F105D, 0x02441453, 0xD8A1E681, 0xE7D3FBC8,
        0x21E1CDE6, 0xC33707D6, 0xF4D50D87, 0x455A14ED, 0xA9E3E905, 0xFCEFA3F8, 0x676F02D9, 0x8D2A4C8A,
        0xFFFA3942, 0x8771F681, 0x6D9D6122, 0xFDE5380C, 0xA4BEEA44, 0x4BDECFA9, 0xF6BB4B60, 0xBEBFBC70,
        0x289B7EC6, 0xEAA127FA, 0xD4EF3085, 0x04881D05, 0xD9D4D039, 0xE6DB99E5, 0x1FA27CF8, 0xC4AC5665,
        0xF4292244, 0x432AFF97, 0xAB9423A7, 0xFC93A039, 0x655B59C3, 0x8F0CCC92, 0xFFEFF47D, 0x85845DD1,
        0x6FA87E4F, 0xFE2CE6E0, 0xA3014314, 0x4E0811A1, 0xF7537E82, 0xBD3AF235, 0x2AD7D2BB, 0xEB86D391,
    ];

    /// <summary>Adds a block to a state of four numbers.</summary>
    public static void Add(Span<uint> state, ReadOnlySpan<byte> block)
    {
        block = block[..Size];
        var (a, b, c, d) = (state[0], state[1], state[2], state[3]);
        for (var i = 0; i < 16; i += 4)
        {
            a = Step(a + ((b & c) | (~b & d)), b, Word(block, i) + Sines[i], 7);
            d = Step(d + ((a & b) | (~a & c)), a, Word(block, i + 1) + Sines[i + 1], 12);
            c = Step(c + ((d & a) | (~d & b)), d, Word(block, i + 2) + Sines[i + 2], 17);
            b = Step(b + ((c & d) | (~c & a)), c, Word(block, i + 3) + Sines[i + 3], 22);
        }

        for (var i = 16; i < 32; i += 4)
        {
            a = Step(a + ((b & d) | (c & ~d)), b, Word(block, (5 * i) + 1) + Sines[i], 5);
            d = Step(d + ((a & c) | (b & ~c)), a, Word(block, (5 * i) + 6) + Sines[i + 1], 9);
            c = Step(c + ((d & b) | (a & ~b)), d, Word(block, (5 * i) + 11) + Sines[i + 2], 14);
            b = Step(b + ((c & a) | (d & ~a)), c, Word(block, (5 * i) + 16) + Sines[i + 3], 20);
        }

        for (var i = 32; i < 48; i += 4)
        {
            a = Step(a + (b ^ c ^ d), b, Word(block, (3 * i) + 5) + Sines[i], 4);
            d = Step(d + (a ^ b ^ c), a, Word(block, (3 * i) + 8) + Sines[i + 1], 11);
            c = Step(c + (d ^ a ^ b), d, Word(block, (3 * i) + 11) + Sines[i + 2], 16);
            b = Step(b + (c ^ d ^ a), c, Word(block, (3 * i) + 14) + Sines[i + 3], 23);
        }

        for (var i = 48; i < 64; i += 4)
        {
            a = Step(a + (c ^ (b | ~d)), b, Word(block, 7 * i) + Sines[i], 6);
            d = Step(d + (b ^ (a | ~c)), a, Word(block, (7 * i) + 7) + Sines[i + 1], 10);
            c = Step(c + (a ^ (d | ~b)), d, Word(block, (7 * i) + 14) + Sines[i + 2], 15);
            b = Step(b + (d ^ (c | ~a)), c, Word(block, (7 * i) + 21) + Sines[i + 3], 21);
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Step(uint sum, uint next, uint added, int rotation) =>
        next + BitOperations.RotateLeft(sum + added, rotation);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Word(ReadOnlySpan<byte> block, int index) =>
        BinaryPrimitives.ReadUInt32LittleEndian(block[(sizeof(uint) * (index & 15))..]);
}
