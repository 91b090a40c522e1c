using Fabrik.Cli;
using Xunit;

namespace Fabrik.UnitTests.Cli;

public sealed class HumanTextTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1000, "1.00 kB")]
    [InlineData(9_994, "9.99 kB")]
    [InlineData(9_996, "10.0 kB")]
    [InlineData(99_960, "100 kB")]
    [InlineData(999_499, "999 kB")]
    [InlineData(999_500, "1.00 MB")]
    [InlineData(10_000_000_000, "10.0 GB")]
    [InlineData(long.MaxValue, "9223 PB")]
    public void Bytes_OfAnySize_HaveThreeDigitsAndAUnit(long bytes, string expected) =>
        Assert.Equal(expected, HumanText.Bytes(bytes));

    [Fact]
    public void Count_OfThousands_HasSeparators() => Assert.Equal("1,234,567", HumanText.Count(1_234_567));

    [Theory]
    [InlineData(0, 0, "0 %")]
    [InlineData(1, 3, "33.3 %")]
    [InlineData(1, 2, "50 %")]
    [InlineData(5, 5, "100 %")]
    public void Percent_OfAWhole_HasOneDigit(long part, long whole, string expected) =>
        Assert.Equal(expected, HumanText.Percent(part, whole));

    [Theory]
    [InlineData(-5, "0 s")]
    [InlineData(59, "59 s")]
    [InlineData(60, "1 min")]
    [InlineData(3_599, "59 min")]
    [InlineData(3_600, "1 h")]
    [InlineData(47 * 3_600, "47 h")]
    [InlineData(48 * 3_600, "2 d")]
    public void Ago_OfAnAge_TakesTheLargestUnit(int seconds, string expected) =>
        Assert.Equal(expected, HumanText.Ago(TimeSpan.FromSeconds(seconds)));
}
