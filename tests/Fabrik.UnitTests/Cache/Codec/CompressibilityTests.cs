using System.IO.Compression;
using System.Text;
using Fabrik.Cache.Codec;
using Xunit;

namespace Fabrik.UnitTests.Cache.Codec;

public sealed class CompressibilityTests
{
    [Theory]
    [InlineData("1f8b")]
    [InlineData("28b52ffd")]
    [InlineData("fd377a585a00")]
    [InlineData("504b0304")]
    [InlineData("89504e470d0a1a0a")]
    [InlineData("ffd8ffe0")]
    [InlineData("ccac")]
    public void PaysOff_CompressedFormat_IsNo(string magic)
    {
        var head = new byte[Compressibility.HeadLength];
        Convert.FromHexString(magic).CopyTo(head, 0);
        Assert.False(Compressibility.PaysOff(head));
    }

    [Fact]
    public void PaysOff_Text_IsYes() => Assert.True(Compressibility.PaysOff(Text(20_000)));

    [Fact]
    public void PaysOff_Noise_IsNo()
    {
        var noise = new byte[Compressibility.HeadLength];
        new Random(1).NextBytes(noise);
        Assert.False(Compressibility.PaysOff(noise));
    }

    [Fact]
    public void PaysOff_TextFollowedByCompressedMembers_LooksAtBoth()
    {
        var head = new byte[Compressibility.HeadLength];
        new Random(1).NextBytes(head);
        Text(1000).CopyTo(head, 0);
        Assert.False(Compressibility.PaysOff(head));
    }

    [Fact]
    public void PaysOff_DeflatedText_IsNo()
    {
        using var memory = new MemoryStream();
        using (var deflate = new DeflateStream(memory, CompressionLevel.Fastest, leaveOpen: true))
        {
            var random = new Random(2);
            for (var i = 0; i < 100_000; i++)
            {
                deflate.Write(Encoding.ASCII.GetBytes($"{random.Next()} line\n"));
            }
        }

        Assert.False(Compressibility.PaysOff(memory.ToArray().AsSpan(0, Compressibility.HeadLength)));
    }

    [Fact]
    public void PaysOff_LessThanABlock_IsNo() => Assert.False(Compressibility.PaysOff(Text(100)));

    private static byte[] Text(int length) => Encoding.ASCII.GetBytes(
        string.Concat(Enumerable.Range(0, length).Select(i => $"import com.example.Class{i};\n")))[..length];
}
