using Fabrik.Wire.Grpc;
using Xunit;

namespace Fabrik.UnitTests.Wire.Grpc;

public sealed class StatusMessageTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain text, ~{}", "plain text, ~{}")]
    [InlineData("100%", "100%25")]
    [InlineData("a\r\nb", "a%0D%0Ab")]
    [InlineData("\u2603", "%E2%98%83")]
    [InlineData("\U0001F600", "%F0%9F%98%80")]
    [InlineData(" a b ", "%20a b%20")]
    [InlineData("\u007f", "%7F")]
    public void Encode_Message_IsPrintableAndReadAgain(string message, string expected)
    {
        Assert.Equal(expected, StatusMessage.Encode(message));
        Assert.Equal(message, StatusMessage.Decode(expected));
    }

    [Theory]
    [InlineData("%", "%")]
    [InlineData("%%", "%%")]
    [InlineData("%4", "%4")]
    [InlineData("%4g!", "%4g!")]
    [InlineData("%41%", "A%")]
    [InlineData("%e2%98%83", "\u2603")]
    [InlineData("a%FFb", "a\uFFFDb")]
    [InlineData("\u2603%41", "\u2603A")]
    public void Decode_BadEncoding_KeepsWhatThereIs(string value, string expected) =>
        Assert.Equal(expected, StatusMessage.Decode(value));

    [Fact]
    public void Encode_LoneSurrogate_IsReplaced() => Assert.Equal("%EF%BF%BD", StatusMessage.Encode("\ud800"));

    [Fact]
    public void Decode_LongMessage_IsWhole()
    {
        var message = new string('\u2603', 5000);

        Assert.Equal(message, StatusMessage.Decode(StatusMessage.Encode(message)));
    }
}
