using Fabrik.Wire.Http.Caching;
using Xunit;
using static Fabrik.UnitTests.Wire.Http.Caching.Exchanges;

namespace Fabrik.UnitTests.Wire.Http.Caching;

public sealed class FreshnessTests
{
    private static readonly string Date = "Date: " + DateAt(0);

    [Theory]
    [InlineData("Cache-Control: max-age=1, s-maxage=60", 60, LifetimeSource.SharedMaxAge)]
    [InlineData("Cache-Control: s-maxage=1, max-age=60", 1, LifetimeSource.SharedMaxAge)]
    [InlineData("Cache-Control: max-age=60|Expires: 0", 60, LifetimeSource.MaxAge)]
    [InlineData("Cache-Control: max-age=0|Expires: Mon, 04 May 2026 12:01:00 GMT", 0, LifetimeSource.MaxAge)]
    [InlineData("Expires: Mon, 04 May 2026 12:01:00 GMT", 60, LifetimeSource.Expires)]
    [InlineData("Expires: Mon, 04 May 2026 12:00:00 GMT", 0, LifetimeSource.Expires)]
    [InlineData("Expires: Mon, 04 May 2026 11:00:00 GMT", 0, LifetimeSource.Expires)]
    [InlineData("Expires: 0", 0, LifetimeSource.Expires)]
    [InlineData("Expires: Mon, 04 May 2026 12:01:00 UTC", 0, LifetimeSource.Expires)]
    [InlineData("CDN-Cache-Control: max-age=60|Cache-Control: s-maxage=1|Expires: 0", 60, LifetimeSource.MaxAge)]
    [InlineData("CDN-Cache-Control: public|Expires: Mon, 04 May 2026 12:01:00 GMT", 0, LifetimeSource.None)]
    [InlineData("X: y", 0, LifetimeSource.None)]
    public void Lifetime_ComesFromTheFirstOfThese(string lines, double seconds, LifetimeSource source)
    {
        var policy = PolicyOf([Date, .. lines.Split('|')]);

        Assert.Equal((Seconds(seconds), source), (policy.Lifetime, policy.Source));
    }

    [Fact]
    public void Expires_IsCountedFromDate_OrElseFromNow()
    {
        Assert.Equal(Seconds(50), PolicyOf("Expires: " + DateAt(60), "Date: " + DateAt(10)).Lifetime);
        Assert.Equal(Seconds(60), PolicyOf("Expires: " + DateAt(60), "Date: odd").Lifetime);
        Assert.Equal(Seconds(60), PolicyOf("Expires: " + DateAt(60)).Lifetime);
        Assert.Equal(TimeSpan.Zero, PolicyOf("Expires: " + DateAt(300), "Date: " + DateAt(400)).Lifetime);
    }

    [Fact]
    public void Expires_ThatCameTwice_CountsOnlyIfBothAgree()
    {
        Assert.Equal(Seconds(60), PolicyOf(Date, "Expires: " + DateAt(60), "Expires: " + DateAt(60)).Lifetime);
        Assert.Equal(TimeSpan.Zero, PolicyOf(Date, "Expires: " + DateAt(60), "Expires: " + DateAt(61)).Lifetime);
    }

    [Fact]
    public void LastModified_GivesATenth_UpToADay()
    {
        Assert.Equal(Seconds(100), PolicyOf(Date, "Last-Modified: " + DateAt(-1000)).Lifetime);
        Assert.Equal(TimeSpan.FromDays(1), PolicyOf(Date, "Last-Modified: " + DateAt(-1e8)).Lifetime);
        Assert.Equal(TimeSpan.Zero, PolicyOf(Date, "Last-Modified: " + DateAt(5)).Lifetime);
        Assert.Equal(
            Seconds(500),
            PolicyOf(Get(Date, "Last-Modified: " + DateAt(-1000)), new CachingOptions { HeuristicFraction = 0.5 })
                .Lifetime);
    }

    [Fact]
    public void Options_AddADefault_AndLimits()
    {
        var options = new CachingOptions
        {
            DefaultLifetime = Seconds(30),
            MinLifetime = Seconds(10),
            MaxLifetime = Seconds(40),
        };

        Assert.Equal(Seconds(30), PolicyOf(Get(Date), options).Lifetime);
        Assert.Equal(Seconds(10), PolicyOf(Get(Date, "Cache-Control: max-age=0"), options).Lifetime);
        Assert.Equal(Seconds(40), PolicyOf(Get(Date, "Cache-Control: max-age=99"), options).Lifetime);
        Assert.Equal(Seconds(10), PolicyOf(Get(Date) with { Status = 403 }, options).Lifetime);
    }

    [Theory]
    [InlineData("Age: 7", 7)]
    [InlineData("Age: 7, 0", 7)]
    [InlineData("Age: 0, 7", 0)]
    [InlineData("Age: 7|Age: 0", 7)]
    [InlineData("Age: 0|Age: 7", 0)]
    [InlineData("Age: 2147483649", 2147483648)]
    [InlineData("Age: -7", 0)]
    [InlineData("Age: 7.0", 0)]
    [InlineData("Age: x", 0)]
    [InlineData("Age: ", 0)]
    public void Age_IsTheFirstNumber_OrNothing(string lines, double seconds) =>
        Assert.Equal(Seconds(seconds), Freshness.AgeOf(Fields(lines.Split('|'))));

    [Fact]
    public void InitialAge_IsTheGreaterOfTwoEstimates()
    {
        Assert.Equal(Seconds(10), PolicyOf("Date: " + DateAt(-10)).InitialAge);
        Assert.Equal(Seconds(25), PolicyOf("Date: " + DateAt(-10), "Age: 25").InitialAge);
        Assert.Equal(TimeSpan.Zero, PolicyOf("Date: " + DateAt(10)).InitialAge);
        Assert.Equal(Seconds(8), PolicyOf(
            Get(Date, "Age: 5") with { RequestTime = After(-3) }, CachingOptions.Default).InitialAge);
    }

    [Fact]
    public void InitialAge_HasTheAccuracyOfDate() => Assert.Equal(
        TimeSpan.Zero,
        PolicyOf(
            Get(Date) with { RequestTime = After(0.9), ResponseTime = After(0.9) }, CachingOptions.Default).InitialAge);

    [Fact]
    public void Age_GrowsWithTheTime_ButNotBackwards()
    {
        var policy = PolicyOf(Date, "Age: 5");

        Assert.Equal(Seconds(15), policy.AgeAt(After(10)));
        Assert.Equal(Seconds(5), policy.AgeAt(After(-10)));
    }

    private static ResponsePolicy PolicyOf(params string[] response) =>
        PolicyOf(Get(response), CachingOptions.Default);

    private static ResponsePolicy PolicyOf(OriginExchange exchange, CachingOptions options) =>
        ResponsePolicy.Of(exchange, ResponseDirectives.Parse(exchange.ResponseHeaders), options);
}
