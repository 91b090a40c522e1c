using Fabrik.Wire.Http;
using Xunit;

namespace Fabrik.UnitTests.Wire.Http;

public sealed class HttpDateTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("thu, 18 AUG 2050 02:01:18 gmt", "Thu, 18 Aug 2050 02:01:18 GMT")]
    [InlineData("Thu Aug  8 02:01:18 2050", "Mon, 08 Aug 2050 02:01:18 GMT")]
    [InlineData("Thursday, 18-Aug-50 02:01:18 GMT", "Thu, 18 Aug 2050 02:01:18 GMT")]
    [InlineData("Thursday, 18-Aug-76 02:01:18 GMT", "Tue, 18 Aug 2076 02:01:18 GMT")]
    [InlineData("Thursday, 18-Aug-77 02:01:18 GMT", "Thu, 18 Aug 1977 02:01:18 GMT")]
    [InlineData("Sun, 21 Nov 2286 04:46:39 GMT", "Sun, 21 Nov 2286 04:46:39 GMT")]
    [InlineData("Sat, 31 Dec 2016 23:59:60 GMT", "Sat, 31 Dec 2016 23:59:59 GMT")]
    public void Date_InAForm_ThatMustBeTaken_IsRead(string text, string expected)
    {
        Assert.True(HttpDate.TryParse(text, Now, out var date));
        Assert.Equal(expected, HttpDate.Format(date));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("Thu, 18 Aug 2050 02:01:18 UTC")]
    [InlineData("Thu, 18 Aug 2050 02:01:18 AEST")]
    [InlineData("Thu, 18 Aug 50 02:01:18 GMT")]
    [InlineData("Thu 18 Aug 2050 02:01:18 GMT")]
    [InlineData("Thu, 18  Aug  2050 02:01:18 GMT")]
    [InlineData("Thu, 18-Aug-2050 02:01:18 GMT")]
    [InlineData("Thu, 18 Aug 2050 02.01.18 GMT")]
    [InlineData("Thu, 18 Aug 2050 2:01:18 GMT")]
    [InlineData("Thu, 31 Feb 2050 02:01:18 GMT")]
    [InlineData("Thu, 00 Aug 2050 02:01:18 GMT")]
    [InlineData("Thu, 18 Aug 0000 02:01:18 GMT")]
    [InlineData("Thu, 18 Aug 2050 24:01:18 GMT")]
    [InlineData("Thu, 18 Aug 2050 02:01:61 GMT")]
    [InlineData("Thu, 18 Aug 2050 02:01:18 GMT, Thu, 18 Aug 2050 02:01:18 GMT")]
    [InlineData("Thurs, 18-Aug-50 02:01:18 GMT")]
    [InlineData("Thu, 18-Aug-50 02:01:18 GMT")]
    public void Date_InAnotherForm_IsNone(string text) => Assert.False(HttpDate.TryParse(text, Now, out _));
}
