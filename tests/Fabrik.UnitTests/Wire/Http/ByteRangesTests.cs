using Fabrik.Wire.Http;
using Xunit;

namespace Fabrik.UnitTests.Wire.Http;

public sealed class ByteRangesTests
{
    [Theory]
    [InlineData("bytes=0-1", "0+2")]
    [InlineData("bytes=0-1, 200-299", "0+2 200+100")]
    [InlineData("bytes=200-299,0-1", "200+100 0+2")]
    [InlineData("Bytes= ,0-1,, -5", "0+2 995+5")]
    [InlineData("bytes=0-9,5-19", "0+20")]
    [InlineData("bytes=500-,0-9,5-19", "0+20 500+500")]
    [InlineData("bytes=0-9,90-99", "0+100")]
    [InlineData("bytes=0-9,91-99", "0+10 91+9")]
    [InlineData("bytes=0-9,0-9,0-9", "0+10")]
    [InlineData("bytes=0-999,10-19", "0+1000")]
    [InlineData("bytes=0-1,5000-", "0+2")]
    public void Ranges_ThatOverlapOrAlmostDo_BecomeOne(string header, string expected)
    {
        Assert.Equal(RangeKind.Part, ByteRanges.Parse(header, 1000, out var ranges));
        Assert.Equal(expected, string.Join(' ', ranges.Select(range => $"{range.Offset}+{range.Length}")));
    }

    [Theory]
    [InlineData("bytes=5000-", RangeKind.Unsatisfiable)]
    [InlineData("bytes=5000-,-0", RangeKind.Unsatisfiable)]
    [InlineData("bytes=0-1,x", RangeKind.Whole)]
    [InlineData("bytes=0-1,3-2", RangeKind.Whole)]
    [InlineData("bytes=", RangeKind.Whole)]
    [InlineData("bytes=,", RangeKind.Whole)]
    [InlineData("lines=0-1", RangeKind.Whole)]
    [InlineData("", RangeKind.Whole)]
    public void Header_WithoutAPart_HasNoRanges(string header, RangeKind expected)
    {
        Assert.Equal(expected, ByteRanges.Parse(header, 1000, out var ranges));
        Assert.Empty(ranges);
    }

    [Fact]
    public void Ranges_BeyondTheLimit_AreNotHeeded()
    {
        var specs = Enumerable.Range(0, ByteRanges.MaxRanges + 1).Select(i => $"{i * 1000}-{i * 1000}").ToList();

        Assert.Equal(RangeKind.Whole, ByteRanges.Parse("bytes=" + string.Join(',', specs), 1_000_000, out _));
        Assert.Equal(RangeKind.Part, ByteRanges.Parse("bytes=" + string.Join(',', specs[1..]), 1_000_000, out _));
    }
}
