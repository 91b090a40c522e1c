using Fabrik.Wire.Http.Caching;
using Xunit;
using static Fabrik.UnitTests.Wire.Http.Caching.Exchanges;

namespace Fabrik.UnitTests.Wire.Http.Caching;

public sealed class ResponseDirectivesTests
{
    [Theory]
    [InlineData("max-age=60", 60)]
    [InlineData("MaX-aGe=60", 60)]
    [InlineData("unknown, max-age=60", 60)]
    [InlineData("unknown=\"max-age=1\", max-age=60", 60)]
    [InlineData("max-age=60, unknown=\"max-age=1, \\\" max-age=2\"", 60)]
    [InlineData("max-age=\"60\"", 60)]
    [InlineData("max-age=0060", 60)]
    [InlineData(",, max-age=60 ,", 60)]
    [InlineData("max-age=2147483649", 2147483648)]
    [InlineData("max-age=99999999999999999999", 2147483648)]
    [InlineData("max-age=60, max-age=5", 5)]
    [InlineData("max-age=5, max-age=60", 5)]
    [InlineData("max-age=60, max-age=soon", 0)]
    [InlineData("max-age=-60", 0)]
    [InlineData("max-age='60'", 0)]
    [InlineData("max-age=60.5", 0)]
    [InlineData("max-age=60s", 0)]
    [InlineData("max-age=", 0)]
    [InlineData("max-age", 0)]
    [InlineData("max-age =60", 0)]
    [InlineData("max-age= 60", 0)]
    public void MaxAge_InAnyForm_IsTheCarefulNumber(string value, long seconds) =>
        Assert.Equal(Seconds(seconds), Parse("Cache-Control: " + value).MaxAge);

    [Theory]
    [InlineData("unknown=\"max-age=60\"")]
    [InlineData("x-max-age=60")]
    [InlineData("")]
    public void MaxAge_ThatIsNotADirective_IsAbsent(string value) =>
        Assert.Null(Parse("Cache-Control: " + value).MaxAge);

    [Fact]
    public void Lines_OfOneField_AreReadTogether()
    {
        var directives = Parse("Cache-Control: max-age=60", "X: y", "cache-control: S-MaxAge=5, No-Store");

        Assert.Equal(Seconds(60), directives.MaxAge);
        Assert.Equal(Seconds(5), directives.SharedMaxAge);
        Assert.True(directives.NoStore);
    }

    [Fact]
    public void Quotes_ThatAreNotClosed_HideNothing() =>
        Assert.True(Parse("Cache-Control: unknown=\"x, no-store").NoStore);

    [Fact]
    public void Lists_OfFields_LimitTheDirectiveToThem()
    {
        var directives = Parse("Cache-Control: no-cache=\"a, B\", private=c");

        Assert.False(directives.NoCache);
        Assert.False(directives.Private);
        Assert.Equal(["a", "B", "c"], directives.UnstoredFields);
    }

    [Theory]
    [InlineData("no-cache=\"\"")]
    [InlineData("no-cache=")]
    [InlineData("no-cache=\" , \"")]
    [InlineData("no-cache=\"a\", no-cache")]
    public void List_WithoutAField_LeavesTheDirectiveWhole(string value) =>
        Assert.True(Parse("Cache-Control: " + value).NoCache);

    [Theory]
    [InlineData("must-revalidate", true)]
    [InlineData("proxy-revalidate", true)]
    [InlineData("no-cache", true)]
    [InlineData("s-maxage=5", true)]
    [InlineData("max-age=5, public", false)]
    public void Stale_IsForbidden_ByThese(string value, bool expected) =>
        Assert.Equal(expected, Parse("Cache-Control: " + value).ForbidsStale);

    [Theory]
    [InlineData("max-age=60")]
    [InlineData(" max-age=60 , unknown;p=1;q=\"x\"")]
    [InlineData("a=(1 2.5 \"x\";b t);c, b=:AQ==:, d=@12, e=-7, f=?0, g=tok/en, h=%\"a\", max-age=60")]
    [InlineData("max-age=5, max-age=60")]
    public void TargetedField_ThatIsWellFormed_StandsInForTheOthers(string value)
    {
        var directives = Parse("Cache-Control: no-store, max-age=1", "CDN-Cache-Control: " + value);

        Assert.True(directives.IsTargeted);
        Assert.False(directives.NoStore);
        Assert.Equal(Seconds(60), directives.MaxAge);
    }

    [Theory]
    [InlineData("")]
    [InlineData("max-age=60, &&&")]
    [InlineData("max-age=\"60\"")]
    [InlineData("max-age=60.0")]
    [InlineData("max-age")]
    [InlineData("max-age =60")]
    [InlineData("max-age= 60")]
    [InlineData("Max-Age=60")]
    [InlineData("max-age=60,")]
    [InlineData("max-age=1234567890123456")]
    [InlineData("no-store=1")]
    [InlineData("a=\"x")]
    [InlineData("a=(1 2")]
    [InlineData("a=(1,2)")]
    [InlineData("a=?2")]
    [InlineData("a=:?:")]
    [InlineData("a;B=1")]
    [InlineData("a=\"\\x\"")]
    public void TargetedField_ThatIsIllFormed_IsAsIfItWereNotThere(string value)
    {
        var directives = Parse("Cache-Control: no-store", "CDN-Cache-Control: " + value);

        Assert.False(directives.IsTargeted);
        Assert.True(directives.NoStore);
    }

    [Fact]
    public void TargetedField_WithFlags_HasThemAsTheirValuesSay()
    {
        var directives = Parse(
            "CDN-Cache-Control: private, no-cache=\"a\", no-store=?0, must-revalidate=?1, s-maxage=-1");

        Assert.True(directives.Private);
        Assert.False(directives.NoCache);
        Assert.Equal(["a"], directives.UnstoredFields);
        Assert.False(directives.NoStore);
        Assert.True(directives.MustRevalidate);
        Assert.Equal(TimeSpan.Zero, directives.SharedMaxAge);
    }

    [Fact]
    public void TargetedField_WhenItIsNotHeeded_IsAFieldLikeAnother() => Assert.Equal(
        ResponseDirectives.None,
        ResponseDirectives.Parse(Fields("CDN-Cache-Control: max-age=60"), targeted: false));

    private static ResponseDirectives Parse(params string[] lines) => ResponseDirectives.Parse(Fields(lines));
}
