using Fabrik.Wire.Http.Caching;
using Xunit;
using static Fabrik.UnitTests.Wire.Http.Caching.Exchanges;

namespace Fabrik.UnitTests.Wire.Http.Caching;

public sealed class RequestDirectivesTests
{
    [Fact]
    public void Nothing_IsAsked_ByDefault() => Assert.Equal(default, RequestDirectives.Parse(Fields("Accept: */*")));

    [Fact]
    public void Directives_OfAllLines_AreRead()
    {
        var directives = RequestDirectives.Parse(Fields(
            "Cache-Control: No-Cache, max-age=5, max-age=3",
            "Cache-Control: min-fresh=1,min-fresh=4, stale-if-error=9"));

        Assert.Equal(
            new RequestDirectives
            {
                NoCache = true,
                MaxAge = Seconds(3),
                MinFresh = Seconds(4),
                StaleIfError = Seconds(9),
            },
            directives);
    }

    [Fact]
    public void MaxStale_WithoutAnArgument_IsWithoutALimit()
    {
        Assert.Equal(TimeSpan.MaxValue, default(RequestDirectives).With("max-stale").MaxStale);
        Assert.Equal(Seconds(7), default(RequestDirectives).With("max-stale=7").MaxStale);
        Assert.Equal(Seconds(7), default(RequestDirectives).With("max-stale=7, max-stale").MaxStale);
        Assert.Null(default(RequestDirectives).With("max-stale=soon").MaxStale);
    }

    [Fact]
    public void MaxAge_ThatIsNoNumber_WantsTheNewest() =>
        Assert.Equal(TimeSpan.Zero, default(RequestDirectives).With("max-age=soon").MaxAge);

    [Theory]
    [InlineData("Pragma: no-cache", true)]
    [InlineData("Pragma: x, NO-CACHE", true)]
    [InlineData("Pragma: other", false)]
    [InlineData("Pragma: no-cache|Cache-Control: max-age=9", false)]
    public void Pragma_CountsOnlyWithoutCacheControl(string lines, bool expected) =>
        Assert.Equal(expected, RequestDirectives.Parse(Fields(lines.Split('|'))).NoCache);
}
