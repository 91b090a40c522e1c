using System.Buffers;
using System.Globalization;
using System.Text;
using Fabrik.Wire.S3.Checksums;
using Xunit;

namespace Fabrik.UnitTests.Wire.S3.Checksums;

public sealed class ChecksumSetTests
{
    private const ChecksumAlgorithms Everything =
        ChecksumAlgorithms.Crc32 | ChecksumAlgorithms.Crc32C | ChecksumAlgorithms.Crc64Nvme
        | ChecksumAlgorithms.Sha1 | ChecksumAlgorithms.Sha256 | ChecksumAlgorithms.Md5;

    /// <summary>The check values of the CRC catalogue, RFC 1321 and FIPS 180.</summary>
    [Theory]
    [InlineData(ChecksumAlgorithms.Crc32, "123456789", "cbf43926")]
    [InlineData(ChecksumAlgorithms.Crc32C, "123456789", "e3069283")]
    [InlineData(ChecksumAlgorithms.Crc64Nvme, "123456789", "ae8b14860a799888")]
    [InlineData(ChecksumAlgorithms.Sha1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d")]
    [InlineData(ChecksumAlgorithms.Sha256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData(ChecksumAlgorithms.Md5, "abc", "900150983cd24fb0d6963f7d28e17f72")]
    public void Get_CheckInput_GivesPublishedValue(ChecksumAlgorithms algorithm, string text, string expected)
    {
        using ChecksumSet set = new(algorithm);
        set.Append(Encoding.ASCII.GetBytes(text));
        Span<byte> checksum = stackalloc byte[32];
        var length = set.Get(algorithm, checksum);
        Assert.Equal(expected, Convert.ToHexStringLower(checksum[..length]));
        Assert.True(set.Matches(algorithm, Convert.ToBase64String(checksum[..length])));
        Assert.False(set.Matches(algorithm, Convert.ToBase64String(new byte[length])));
        Assert.False(set.Matches(algorithm, "not base64"));
    }

    [Fact]
    public void Append_AnyCuts_GivesSameAsBitByBit()
    {
        Random random = new(5);
        var data = new byte[3000];
        random.NextBytes(data);
        for (var round = 0; round < 50; round++)
        {
            var length = random.Next(data.Length);
            using ChecksumSet set = new(Everything);
            for (var at = 0; at < length;)
            {
                var count = Math.Min(random.Next(40), length - at);
                set.Append(new ReadOnlySequence<byte>(data.AsMemory(at, count)));
                at += count;
            }

            var bytes = data.AsSpan(0, length);
            Assert.Equal(BitByBit(bytes, 0xEDB88320, uint.MaxValue), Value(set, ChecksumAlgorithms.Crc32));
            Assert.Equal(BitByBit(bytes, 0x82F63B78, uint.MaxValue), Value(set, ChecksumAlgorithms.Crc32C));
            Assert.Equal(BitByBit(bytes, 0x9A6C9329AC4BC9B5, ulong.MaxValue), Value(set, ChecksumAlgorithms.Crc64Nvme));
        }
    }

    [Fact]
    public void Names_EveryAlgorithm_IsFoundByItsHeader()
    {
        foreach (var algorithm in ChecksumNames.All)
        {
            Assert.Equal(algorithm, ChecksumNames.OfHeader(ChecksumNames.HeaderOf(algorithm).ToUpperInvariant()));
        }

        Assert.Equal(ChecksumAlgorithms.Crc64Nvme, ChecksumNames.OfName("CRC64NVME"));
        Assert.Equal(ChecksumAlgorithms.None, ChecksumNames.OfName("MD5"));
        Assert.Equal(ChecksumAlgorithms.None, ChecksumNames.OfHeader("x-amz-checksum-type"));
    }

    [Fact]
    public void Get_AlgorithmThatWasNotTaken_Throws()
    {
        using ChecksumSet set = new(ChecksumAlgorithms.Crc32);
        Assert.Throws<ArgumentOutOfRangeException>(() => set.GetBase64(ChecksumAlgorithms.Md5));
    }

    private static ulong Value(ChecksumSet set, ChecksumAlgorithms algorithm)
    {
        Span<byte> checksum = stackalloc byte[8];
        var length = set.Get(algorithm, checksum);
        return ulong.Parse(
            Convert.ToHexString(checksum[..length]), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }

    private static ulong BitByBit(ReadOnlySpan<byte> data, ulong polynomial, ulong ones)
    {
        var crc = ones;
        foreach (var one in data)
        {
            crc ^= one;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ polynomial;
            }
        }

        return crc ^ ones;
    }
}
