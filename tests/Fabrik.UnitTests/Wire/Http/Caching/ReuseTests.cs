using Fabrik.Wire.Http.Caching;
using Xunit;
using static Fabrik.UnitTests.Wire.Http.Caching.Exchanges;

namespace Fabrik.UnitTests.Wire.Http.Caching;

public sealed class ReuseTests
{
    private const string Plain = "max-age=10";

    [Theory]
    [InlineData(Plain, 9, ReuseKind.Fresh)]
    [InlineData(Plain, 10, ReuseKind.MustValidate)]
    [InlineData("max-age=10, must-revalidate", 9, ReuseKind.Fresh)]
    [InlineData("max-age=10, no-cache", 1, ReuseKind.MustValidate)]
    [InlineData("max-age=10, stale-while-revalidate=5", 14, ReuseKind.StaleWhileRevalidate)]
    [InlineData("max-age=10, stale-while-revalidate=5", 15, ReuseKind.MustValidate)]
    [InlineData("max-age=10, stale-while-revalidate=5, must-revalidate", 14, ReuseKind.MustValidate)]
    [InlineData("s-maxage=10, stale-while-revalidate=5", 14, ReuseKind.MustValidate)]
    public void Response_ByItsOwnDirectives_IsReused(string value, double seconds, ReuseKind expected) =>
        Assert.Equal(expected, Stored("Cache-Control: " + value).Reused(seconds).Kind);

    [Theory]
    [InlineData("no-cache", 1, ReuseKind.MustValidate)]
    [InlineData("no-store", 1, ReuseKind.Forward)]
    [InlineData("max-age=0", 0, ReuseKind.MustValidate)]
    [InlineData("max-age=5", 5, ReuseKind.Fresh)]
    [InlineData("max-age=5", 6, ReuseKind.MustValidate)]
    [InlineData("min-fresh=5", 5, ReuseKind.Fresh)]
    [InlineData("min-fresh=5", 6, ReuseKind.MustValidate)]
    [InlineData("max-stale", 999, ReuseKind.Stale)]
    [InlineData("max-stale=5", 15, ReuseKind.Stale)]
    [InlineData("max-stale=5", 16, ReuseKind.MustValidate)]
    [InlineData("max-stale=5, max-age=12", 13, ReuseKind.MustValidate)]
    [InlineData("only-if-cached", 1, ReuseKind.Fresh)]
    [InlineData("only-if-cached", 11, ReuseKind.Unavailable)]
    [InlineData("only-if-cached, no-cache", 1, ReuseKind.Unavailable)]
    public void Request_HasASay(string value, double seconds, ReuseKind expected) => Assert.Equal(
        expected, Stored("Cache-Control: " + Plain).Reused(seconds, "Cache-Control: " + value).Kind);

    [Theory]
    [InlineData("must-revalidate")]
    [InlineData("proxy-revalidate")]
    [InlineData("no-cache")]
    [InlineData("s-maxage=10")]
    public void Stale_ThatIsForbidden_IsNotServedWhateverTheClientTakes(string value)
    {
        var stored = Stored($"Cache-Control: {Plain}, stale-if-error=99, {value}");
        var decision = stored.Reused(11, "Cache-Control: max-stale, stale-if-error=99");

        Assert.Equal(ReuseKind.MustValidate, decision.Kind);
        Assert.False(decision.MayServeOnError);
    }

    [Theory]
    [InlineData("max-age=10, stale-if-error=5", "", 15, true)]
    [InlineData("max-age=10, stale-if-error=5", "", 16, false)]
    [InlineData(Plain, "", 11, false)]
    [InlineData(Plain, "stale-if-error=5", 15, true)]
    [InlineData(Plain, "stale-if-error=5", 16, false)]
    [InlineData("max-age=10, stale-if-error=5", "stale-if-error=0", 11, false)]
    [InlineData("max-age=10, stale-if-error=5", "no-cache", 11, false)]
    [InlineData(Plain, "no-cache", 1, false)]
    [InlineData(Plain, "max-age=0", 1, true)]
    public void Failure_OfTheOrigin_AllowsStale(string response, string request, double seconds, bool expected) =>
        Assert.Equal(
            expected,
            Stored("Cache-Control: " + response).Reused(seconds, "Cache-Control: " + request).MayServeOnError);

    [Fact]
    public void Options_GiveGrace_ToResponsesThatSayNothing()
    {
        var options = new CachingOptions
        {
            DefaultStaleIfError = Seconds(20),
            DefaultStaleWhileRevalidate = Seconds(5),
        };
        var plain = StoredResponse.Of(Get("Cache-Control: " + Plain), options);
        var own = StoredResponse.Of(
            Get($"Cache-Control: {Plain}, stale-while-revalidate=0, stale-if-error=1"), options);

        Assert.Equal(ReuseKind.StaleWhileRevalidate, plain.Reused(12).Kind);
        Assert.True(plain.Reused(30).MayServeOnError);
        Assert.Equal(ReuseKind.MustValidate, own.Reused(12).Kind);
        Assert.False(own.Reused(12).MayServeOnError);
    }

    [Fact]
    public void Reason_IsWhyTheOriginIsAsked()
    {
        var stored = Stored("Cache-Control: " + Plain);

        Assert.Equal(ForwardReason.None, stored.Reused(1).Reason);
        Assert.Equal(ForwardReason.Stale, stored.Reused(11).Reason);
        Assert.Equal(ForwardReason.Request, stored.Reused(1, "Cache-Control: no-cache").Reason);
        Assert.Equal(ForwardReason.Stale, stored.Reused(11, "Cache-Control: no-cache").Reason);
        Assert.Equal(ForwardReason.UriMiss, Reuse.DecideMiss(default).Reason);
        Assert.Equal(ForwardReason.VaryMiss, Reuse.DecideMiss(default, hasVariants: true).Reason);
        Assert.Equal(
            ReuseKind.Unavailable, Reuse.DecideMiss(new RequestDirectives { OnlyIfCached = true }).Kind);
    }

    [Fact]
    public void Age_IsToldInWholeSeconds()
    {
        var decision = Stored("Cache-Control: " + Plain, "Age: 2").Reused(3.9);

        Assert.Equal(5, decision.AgeSeconds);
        Assert.Equal(Seconds(4.1), decision.TimeToLive);
    }

    [Fact]
    public void Hit_IsDecided_WithoutAllocation()
    {
        var stored = Stored("Cache-Control: " + Plain, "Date: " + DateAt(0));
        var request = Fields("Accept: */*", "Cache-Control: max-age=9");
        Assert.True(Decide());
        var before = GC.GetAllocatedBytesForCurrentThread();

        var hits = 0;
        for (var i = 0; i < 1000; i++)
        {
            hits += Decide() ? 1 : 0;
        }

        Assert.Equal(0, (GC.GetAllocatedBytesForCurrentThread() - before) / 1000);
        Assert.Equal(1000, hits);

        bool Decide() => stored.Vary.Matches(request)
            && Reuse.Decide(stored.Policy, RequestDirectives.Parse(request), After(1)).IsHit;
    }

    [Fact]
    public void Parts_OfAStoredResponse_MakeItAgain()
    {
        var stored = StoredFor(
            ["Foo: 1"], "Cache-Control: max-age=10, private=\"x\"", "Age: 3", "Vary: Foo", "ETag: \"a\"", "X: y");
        var again = StoredResponse.Of(stored.ToParts(), CachingOptions.Default);

        Assert.Equal(stored.Policy, again.Policy);
        Assert.Equal(stored.Validators, again.Validators);
        Assert.True(stored.Vary.IsSameAs(again.Vary));
        Assert.Equal(stored.Headers, again.Headers);
        Assert.Equal(
            ["Cache-Control", "Vary", "ETag"], again.SentHeaders.Select(field => field.Name), StringComparer.Ordinal);
    }
}
