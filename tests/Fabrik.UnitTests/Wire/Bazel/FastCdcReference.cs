using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Fabrik.UnitTests.Wire.Bazel;

/// <summary>
/// FAST_CDC_2020 as the paper writes it down, over the whole content: two bytes at a time, with tables of its own. Slow
/// and plain, to hold the streaming one against.
/// </summary>
internal static class FastCdcReference
{
    // Table II of the paper and its continuation, by the logarithm of the average.
    private static readonly ulong[] Masks =
    [
        0, 0, 0, 0, 0, 0x1804110, 0x1803110, 0x18035100, 0x1800035300, 0x19000353000, 0x590003530000, 0xd90003530000,
        0xd90103530000, 0xd90303530000, 0xd90313530000, 0xd90f03530000, 0xd90303537000, 0xd90703537000, 0xd90707537000,
        0xd91707537000, 0xd91747537000, 0xd91767537000, 0xd93767537000,
    ];

    /// <summary>As the references of the Remote Execution API derive it.</summary>
    public static ulong[] Gear { get; } = [.. Enumerable.Range(0, 256).Select(static value => HeadOfMd5((byte)value))];

    /// <summary>The lengths of all chunks.</summary>
    public static List<int> Cut(ReadOnlySpan<byte> content, int average, uint seed)
    {
        List<int> lengths = [];
        while (!content.IsEmpty)
        {
            lengths.Add(First(content, average, seed));
            content = content[lengths[^1]..];
        }

        return lengths;
    }

    [SuppressMessage("Security", "CA5351", Justification = "Numbers that look random; nothing is secret.")]
    private static ulong HeadOfMd5(byte value) =>
        BinaryPrimitives.ReadUInt64BigEndian(MD5.HashData(Enumerable.Repeat(value, 64).ToArray()));

    private static int First(ReadOnlySpan<byte> content, int average, uint seed)
    {
        var length = Math.Min(content.Length, average * 4);
        var bits = int.Log2(average);
        var hash = 0UL;
        for (var i = average / 4; i + 1 < length; i += 2)
        {
            var mask = i < average ? Masks[bits + 2] : Masks[bits - 2];
            hash = (hash << 2) + ((Gear[content[i]] ^ seed) << 1);
            if ((hash & (mask << 1)) == 0)
            {
                return i;
            }

            hash += Gear[content[i + 1]] ^ seed;
            if ((hash & mask) == 0)
            {
                return i + 1;
            }
        }

        return length;
    }
}
