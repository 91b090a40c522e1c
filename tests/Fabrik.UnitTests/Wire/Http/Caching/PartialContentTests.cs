using Fabrik.Wire.Http;
using Fabrik.Wire.Http.Caching;
using Xunit;
using static Fabrik.UnitTests.Wire.Http.Caching.Exchanges;

namespace Fabrik.UnitTests.Wire.Http.Caching;

public sealed class PartialContentTests
{
    private static readonly string Strong = $"Date: {DateAt(0)}|Last-Modified: {DateAt(-1)}";
    private static readonly string Weak = $"Date: {DateAt(0)}|Last-Modified: {DateAt(0)}";

    [Fact]
    public void Parts_GoTogether_OnlyByAStrongValidator()
    {
        Assert.True(MayCombine("ETag: \"a\"", "ETag: \"a\""));
        Assert.False(MayCombine("ETag: \"a\"", "ETag: \"b\""));
        Assert.False(MayCombine("ETag: W/\"a\"", "ETag: W/\"a\""));
        Assert.False(MayCombine("ETag: \"a\"|" + Strong, Strong));
        Assert.True(MayCombine(Strong, Strong));
        Assert.False(MayCombine(Weak, Weak));
        Assert.False(MayCombine("X: y", "X: y"));
    }

    [Fact]
    public void IfRange_IsTheStrongValidator()
    {
        Assert.Equal("\"a\"", PartialContent.IfRangeOf(Of("ETag: \"a\"|" + Strong)));
        Assert.Equal(DateAt(-1), PartialContent.IfRangeOf(Of(Strong)));
        Assert.Null(PartialContent.IfRangeOf(Of("ETag: W/\"a\"|" + Strong)));
        Assert.Null(PartialContent.IfRangeOf(Of(Weak)));
    }

    [Theory]
    [InlineData("bytes 0-4/10", 0, 5, 10L)]
    [InlineData("BYTES 5-5/*", 5, 1, null)]
    public void ContentRange_OfAPart_IsRead(string value, long offset, long length, long? size)
    {
        Assert.True(ContentRange.TryParse(value, out var range));
        Assert.Equal(new ContentRange(new ByteRange(offset, length), size), range);
        Assert.Equal(value, range.ToString(), ignoreCase: true);
    }

    [Theory]
    [InlineData("bytes */10")]
    [InlineData("bytes 5-4/10")]
    [InlineData("bytes 0-10/10")]
    [InlineData("bytes 0-4")]
    [InlineData("bytes 0-/10")]
    [InlineData("bytes 0/1-2")]
    [InlineData("lines 0-4/10")]
    [InlineData("bytes 0-9223372036854775807/*")]
    [InlineData("")]
    public void ContentRange_ThatIsNone_IsRefused(string value) => Assert.False(ContentRange.TryParse(value, out _));

    [Fact]
    public void Unsatisfied_TellsTheSize() => Assert.Equal("bytes */10", ContentRange.Unsatisfied(10));

    [Theory]
    [InlineData("Content-Range: bytes 0-4/10|Content-Length: 5", true)]
    [InlineData("Content-Range: bytes 0-4/10", true)]
    [InlineData("Content-Range: bytes 0-4/10|Content-Length: 6", false)]
    [InlineData("Content-Range: bytes 0-4/10|Content-Range: bytes 0-4/10", false)]
    [InlineData("Content-Type: multipart/byteranges; boundary=x", false)]
    public void Part_HasToBeWhatItClaims(string lines, bool expected) =>
        Assert.Equal(expected, PartialContent.TryReadPart(Fields(lines.Split('|')), out _));

    private static bool MayCombine(string one, string other) => PartialContent.MayCombine(Of(one), Of(other));

    private static Validators Of(string lines) => Validators.Of(Fields(lines.Split('|')));
}
