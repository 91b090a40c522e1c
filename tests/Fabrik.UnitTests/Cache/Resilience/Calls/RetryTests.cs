using Fabrik.Cache;
using Fabrik.Cache.Resilience;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.UnitTests.Cache.Resilience.Calls;

public sealed class RetryTests : IAsyncDisposable
{
    private readonly GuardFixture _guard = new(GuardFixture.Defaults with { Retries = 2, BreakerFailures = 1000 });

    [Fact]
    public async Task RetryableError_OnARead_IsTriedAgain()
    {
        _guard.Inner.OnGet = call => call.Number < 3
            ? new(GuardFixture.Error(CacheErrorKind.Unavailable))
            : new(new ScriptedArtifact([1]));
        var get = _guard.GetAsync().AsTask();
        Assert.Equal(1, _guard.Inner.Gets);
        _guard.Clock.Advance(TimeSpan.FromSeconds(1));
        _guard.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull((await get).Value);
        Assert.Equal(3, _guard.Inner.Gets);
    }

    [Fact]
    public async Task RetryableError_EveryTime_IsGivenAfterTheLastTry()
    {
        _guard.Inner.OnGet = _ => new(GuardFixture.Error(CacheErrorKind.Overloaded));
        var get = _guard.GetAsync().AsTask();
        _guard.Clock.Advance(TimeSpan.FromSeconds(1));
        _guard.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(CacheErrorKind.Overloaded, (await get).Error?.Kind);
        Assert.Equal(3, _guard.Inner.Gets);
    }

    [Theory]
    [InlineData(CacheErrorKind.Io)]
    [InlineData(CacheErrorKind.Denied)]
    [InlineData(CacheErrorKind.InvalidRequest)]
    public async Task OtherErrors_AreNotTriedAgain(CacheErrorKind kind)
    {
        _guard.Inner.OnGet = _ => new(GuardFixture.Error(kind));
        Assert.Equal(kind, await _guard.GetErrorAsync());
        Assert.Equal(1, _guard.Inner.Gets);
    }

    [Fact]
    public async Task Retries_ThatWouldOutlastTheAnswerTimeout_AreNotSent()
    {
        var error = GuardFixture.Error(CacheErrorKind.Overloaded) with { RetryAfter = TimeSpan.FromSeconds(3) };
        _guard.Inner.OnGet = _ => new(error);
        Assert.Same(error, (await _guard.GetAsync()).Error);
        Assert.Equal(1, _guard.Inner.Gets);
    }

    [Fact]
    public async Task RetryAfter_OfTheError_IsWaitedFor()
    {
        var error = GuardFixture.Error(CacheErrorKind.Overloaded) with { RetryAfter = TimeSpan.FromSeconds(2) };
        _guard.Inner.OnGet = call => call.Number == 1 ? new(error) : new(default(CachedArtifact));
        var get = _guard.GetAsync().AsTask();
        _guard.Clock.Advance(TimeSpan.FromSeconds(2) - TimeSpan.FromTicks(1));
        Assert.Equal(1, _guard.Inner.Gets);
        _guard.Clock.Advance(TimeSpan.FromTicks(1));
        Assert.Null((await get).Error);
    }

    [Fact]
    public async Task AnswerTimeout_HoldsOverAllTries()
    {
        _guard.Inner.OnGet = call => call.Number == 1
            ? new(GuardFixture.Error(CacheErrorKind.Unavailable))
            : new(GuardFixture.Pending().Task);
        var get = _guard.GetAsync().AsTask();
        _guard.Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(CacheErrorKind.Timeout, (await get).Error?.Kind);
        Assert.Equal(2, _guard.Inner.Gets);
    }

    [Fact]
    public async Task Retries_OverTheBudget_AreNotSent()
    {
        _guard.Inner.OnGet = _ => new(GuardFixture.Error(CacheErrorKind.Unavailable));
        for (var i = 0; i < 200; i++)
        {
            var get = _guard.GetAsync().AsTask();
            _guard.Clock.Advance(TimeSpan.FromSeconds(1));
            _guard.Clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(CacheErrorKind.Unavailable, (await get).Error?.Kind);

            // Enough that goes well to keep the breaker closed.
            for (var j = 0; j < 3; j++)
            {
                await _guard.Tier.StatAsync(default, default);
            }
        }

        var share = 800 * GuardLimits.RetryRatio;
        Assert.InRange(_guard.Inner.Gets - 200, share, share + GuardLimits.RetryBurst);
    }

    [Fact]
    public async Task Caller_WhoLeavesDuringThePause_IsLetGoAtOnce()
    {
        _guard.Inner.OnGet = _ => new(GuardFixture.Error(CacheErrorKind.Unavailable));
        using CancellationTokenSource caller = new();
        var get = _guard.GetAsync(caller.Token).AsTask();
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => get);
        _guard.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(1, _guard.Inner.Gets);
    }

    [Fact]
    public async Task Breaker_ThatOpensWithAFailure_EndsTheRetries()
    {
        await using GuardFixture guard = new(GuardFixture.Defaults with { Retries = 2, BreakerFailures = 2 });
        guard.Inner.OnGet = _ => new(GuardFixture.Error(CacheErrorKind.Unavailable));
        var get = guard.GetAsync().AsTask();
        guard.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Contains("scripted", (await get).Error!.Message, StringComparison.Ordinal);
        Assert.Equal(2, guard.Inner.Gets);
    }

    [Fact]
    public async Task Probe_ThatFails_IsNotTriedAgain()
    {
        await using GuardFixture guard = new(GuardFixture.Defaults with { Retries = 2 });
        await guard.OpenAsync();
        guard.Clock.Advance(TimeSpan.FromSeconds(2));
        guard.Inner.OnGet = _ => new(GuardFixture.Error(CacheErrorKind.Unavailable));
        var before = guard.Inner.Gets;
        Assert.Equal(CacheErrorKind.Unavailable, await guard.GetErrorAsync());
        Assert.Equal(before + 1, guard.Inner.Gets);
    }

    [Fact]
    public void Pauses_ByChance_StayBetweenBaseAndCap()
    {
        Jitter jitter = new(new Random(3));
        var pause = TimeSpan.Zero;
        for (var i = 0; i < 1000; i++)
        {
            var next = jitter.NextRetry(pause);
            Assert.InRange(next, GuardLimits.RetryBase, GuardLimits.RetryCap);
            Assert.True(next <= (pause > GuardLimits.RetryBase ? pause : GuardLimits.RetryBase) * 3);
            pause = next;
        }
    }

    public ValueTask DisposeAsync() => _guard.DisposeAsync();
}
