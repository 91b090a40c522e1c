using Fabrik.Wire.Memcached.Hashing;
using Xunit;

namespace Fabrik.MemcachedTests.Wire.Hashing;

/// <summary>Against what the xxhash.h in memcached's sources says of bytes 7, 138, 13, …</summary>
public sealed class XxHash3Tests
{
    private static readonly byte[] Bytes = [.. Enumerable.Range(0, 2048).Select(static i => (byte)((i * 131) + 7))];

    [Theory]
    [InlineData(0, 0x2D06800538D394C2)]
    [InlineData(1, 0x4C5CCA45D0F4811F)]
    [InlineData(3, 0x6E3E2670E61106AC)]
    [InlineData(4, 0x5C4C63133443D03F)]
    [InlineData(8, 0xF9FD4DD0B04D78F5)]
    [InlineData(9, 0x7C20DF9712C26EDF)]
    [InlineData(16, 0x86ABF6BACCEA0858)]
    [InlineData(17, 0xB58BF5DC5022D071)]
    [InlineData(33, 0xA4DEE99B093E1F73)]
    [InlineData(65, 0x97C6BF83217E5EC9)]
    [InlineData(128, 0x10D17F72C0CCBA41)]
    [InlineData(129, 0x1648BDC3DB49D1A2)]
    [InlineData(240, 0xB6CFAF343FAB81E6)]
    [InlineData(241, 0x956CAE592C67279E)]
    [InlineData(250, 0x791CB8A4FE2F84B9)]
    [InlineData(1025, 0x66C4487C41E127A7)]
    [InlineData(2048, 0x8B46CAA67DAB3A30)]
    public void Compute_OfALength_IsAsThere(int length, ulong expected) =>
        Assert.Equal(expected, XxHash3.Compute(Bytes.AsSpan(0, length)));

    [Fact]
    public void Compute_OfEveryLength_IsAsThere()
    {
        var sum = 0UL;
        for (var length = 0; length <= Bytes.Length; length++)
        {
            sum = (sum * 31) + XxHash3.Compute(Bytes.AsSpan(0, length));
        }

        Assert.Equal(0x3D039202999F54E6UL, sum);
    }
}
