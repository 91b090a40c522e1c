using Fabrik.Wire.Http.Caching;
using Xunit;
using static Fabrik.UnitTests.Wire.Http.Caching.Exchanges;

namespace Fabrik.UnitTests.Wire.Http.Caching;

public sealed class CacheStatusTests
{
    [Fact]
    public void Hit_HasNothingOfForwarding() => Assert.Equal(
        "fabrik; hit; ttl=5",
        new CacheStatus { TimeToLive = 5, Stored = true, Collapsed = true, ForwardStatus = 200 }.ToString());

    [Fact]
    public void Miss_SaysAllOfIt() => Assert.Equal(
        "edge; fwd=stale; fwd-status=304; ttl=-3; stored; collapsed; key=\"/a\\\"b\\\\?\"; detail=\"x y\"",
        new CacheStatus
        {
            Cache = "edge",
            Forward = ForwardReason.Stale,
            ForwardStatus = 304,
            TimeToLive = -3,
            Stored = true,
            Collapsed = true,
            Key = "/a\"b\\é",
            Detail = "x y",
        }.ToString());

    [Theory]
    [InlineData(ForwardReason.Bypass, "bypass")]
    [InlineData(ForwardReason.Method, "method")]
    [InlineData(ForwardReason.UriMiss, "uri-miss")]
    [InlineData(ForwardReason.VaryMiss, "vary-miss")]
    [InlineData(ForwardReason.Miss, "miss")]
    [InlineData(ForwardReason.Request, "request")]
    [InlineData(ForwardReason.Stale, "stale")]
    [InlineData(ForwardReason.Partial, "partial")]
    public void Reason_HasTheNameOfTheRfc(ForwardReason reason, string name) =>
        Assert.Equal($"fabrik; fwd={name}", new CacheStatus { Forward = reason }.ToString());

    [Fact]
    public void Decision_IsToldAsItIs()
    {
        var stored = Stored("Cache-Control: max-age=10, stale-while-revalidate=5");

        Assert.Equal("fabrik; hit; ttl=6", CacheStatus.Of(stored.Reused(4)).ToString());
        Assert.Equal("fabrik; hit; ttl=-2", CacheStatus.Of(stored.Reused(12)).ToString());
        Assert.Equal("fabrik; fwd=stale; ttl=-6", CacheStatus.Of(stored.Reused(16)).ToString());
        Assert.Equal(
            "fabrik; fwd=request; ttl=9", CacheStatus.Of(stored.Reused(1, "Cache-Control: no-cache")).ToString());
        Assert.Equal("fabrik; fwd=uri-miss", CacheStatus.Of(Reuse.DecideMiss(default)).ToString());
    }

    [Fact]
    public void Member_StandsBehindThoseNearerToTheOrigin()
    {
        var miss = new CacheStatus { Forward = ForwardReason.Miss };

        Assert.Equal("other; hit, fabrik; fwd=miss", miss.AppendTo("other; hit"));
        Assert.Equal("fabrik; hit", default(CacheStatus).AppendTo(" "));
    }

    [Fact]
    public void Text_HasALimit() => Assert.Equal(
        $"fabrik; hit; detail=\"{new string('x', CacheStatus.MaxText)}\"",
        new CacheStatus { Detail = new string('x', 10_000) }.ToString());
}
