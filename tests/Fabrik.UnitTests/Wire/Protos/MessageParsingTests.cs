using System.Buffers;
using Fabrik.Wire.Protos;
using Fabrik.Wire.Protos.Bazel.V2;
using Google.Protobuf;
using Xunit;

namespace Fabrik.UnitTests.Wire.Protos;

public sealed class MessageParsingTests
{
    private static readonly Digest Sample = new() { Hash = "ab", SizeBytes = 3 };

    [Fact]
    public void TryParse_AMessage_GivesIt()
    {
        Assert.True(Digest.Parser.TryParse(Sample.ToByteArray(), out var message, out _));
        Assert.Equal(Sample, message);
        Assert.True(Digest.Parser.TryParse(
            new ReadOnlySequence<byte>(Sample.ToByteArray()), out message, out _));
        Assert.Equal(Sample, message);
    }

    // Truncated; the tag zero; a group that ends before it began; the field number 0, twice, in too many bytes.
    [Theory]
    [InlineData("0a05")]
    [InlineData("00")]
    [InlineData("0c")]
    [InlineData("1b0c")]
    [InlineData("1b14")]
    [InlineData("8280000082800000")]
    public void TryParse_NoMessage_SaysWhatIsWrong(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        Assert.False(Digest.Parser.TryParse(bytes, out var message, out var fault));
        Assert.Null(message);
        Assert.NotEmpty(fault);
        Assert.False(Digest.Parser.TryParse(new ReadOnlySequence<byte>(bytes), out _, out _));
    }
}
