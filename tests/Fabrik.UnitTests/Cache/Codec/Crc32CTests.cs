using System.Text;
using Fabrik.Cache.Codec;
using Xunit;

namespace Fabrik.UnitTests.Cache.Codec;

public sealed class Crc32CTests
{
    public static TheoryData<byte[], uint> Rfc3720Vectors => new()
    {
        { new byte[32], 0x8A9136AA },
        { Enumerable.Repeat((byte)0xFF, 32).ToArray(), 0x62A8AB43 },
        { Enumerable.Range(0, 32).Select(i => (byte)i).ToArray(), 0x46DD794E },
        { Enumerable.Range(0, 32).Select(i => (byte)(31 - i)).ToArray(), 0x113FDB5C },
        { Encoding.ASCII.GetBytes("123456789"), 0xE3069283 },
        { [], 0 },
    };

    [Theory]
    [MemberData(nameof(Rfc3720Vectors))]
    public void Compute_OfAPublishedVector_IsThePublishedValue(byte[] input, uint expected) =>
        Assert.Equal(expected, Crc32C.Compute(input));

    [Fact]
    public void Append_InTwoParts_EqualsTheWhole()
    {
        var bytes = Encoding.ASCII.GetBytes("The quick brown fox jumps over the lazy dog");
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.Equal(
                Crc32C.Compute(bytes), Crc32C.Append(Crc32C.Compute(bytes.AsSpan(0, cut)), bytes.AsSpan(cut)));
        }
    }
}
