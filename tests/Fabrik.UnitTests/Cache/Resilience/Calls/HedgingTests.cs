using Fabrik.Cache;
using Fabrik.Cache.Resilience;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.UnitTests.Cache.Resilience.Calls;

public sealed class HedgingTests : IAsyncDisposable
{
    private readonly GuardFixture _guard = new(GuardFixture.Defaults with { Hedge = true });
    private readonly List<TaskCompletionSource<CacheResult<CachedArtifact?>>> _sent = [];
    private readonly List<CancellationToken> _tokens = [];

    [Fact]
    public async Task SlowRead_AfterTheUsualTime_IsSentAgain()
    {
        await WarmAsync();
        var get = Send();
        _guard.Clock.Advance(GuardLimits.MinHedgeDelay - TimeSpan.FromTicks(1));
        Assert.Single(_sent);
        _guard.Clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(2, _sent.Count);
        _sent[0].SetResult(default(CachedArtifact));
        Assert.Null((await get).Error);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task FirstGoodAnswer_Wins_AndTheOtherIsCancelledAndDisposedOf(int winner)
    {
        await WarmAsync();
        var get = Send();
        _guard.Clock.Advance(GuardLimits.MinHedgeDelay);
        ScriptedArtifact won = new([1]);
        ScriptedArtifact lost = new([2]);
        _sent[winner].SetResult(won);
        var hit = (await get).Value!;
        Assert.Same(won.Info, hit.Info);
        Assert.False(_tokens[winner].IsCancellationRequested);
        Assert.True(_tokens[1 - winner].IsCancellationRequested);
        _sent[1 - winner].SetResult(lost);
        Assert.Equal((0, 1), (won.Disposals, lost.Disposals));
        await hit.DisposeAsync();
        Assert.Equal((1, 1), (won.Disposals, lost.Disposals));
        Assert.Equal(0, _guard.Tier.State.LeftBehind);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task ErrorOfOne_WhileTheOtherIsOpen_IsWaitedOver(int failing)
    {
        await WarmAsync();
        var get = Send();
        _guard.Clock.Advance(GuardLimits.MinHedgeDelay);
        _sent[failing].SetResult(GuardFixture.Error(CacheErrorKind.Io));
        Assert.False(get.IsCompleted);
        _sent[1 - failing].SetResult(new ScriptedArtifact([1]));
        Assert.NotNull((await get).Value);
    }

    [Fact]
    public async Task ErrorsOfBoth_AreAnError()
    {
        await WarmAsync();
        var get = Send();
        _guard.Clock.Advance(GuardLimits.MinHedgeDelay);
        _sent[0].SetResult(GuardFixture.Error(CacheErrorKind.Io));
        _sent[1].SetResult(GuardFixture.Error(CacheErrorKind.Denied));
        Assert.Equal(CacheErrorKind.Denied, (await get).Error?.Kind);
    }

    [Fact]
    public async Task ErrorOfOne_AndNothingFromTheOther_IsATimeout()
    {
        await WarmAsync();
        var get = Send();
        _guard.Clock.Advance(GuardLimits.MinHedgeDelay);
        _sent[0].SetResult(GuardFixture.Error(CacheErrorKind.Io));
        _guard.Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(CacheErrorKind.Timeout, (await get).Error?.Kind);
        Assert.True(_tokens[1].IsCancellationRequested);
    }

    [Fact]
    public async Task NothingFromBoth_IsATimeoutAndBothAreLeftBehind()
    {
        await WarmAsync();
        var get = Send();
        _guard.Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(CacheErrorKind.Timeout, (await get).Error?.Kind);
        Assert.Equal(2, _guard.Tier.State.LeftBehind);
        ScriptedArtifact[] late = [new([1]), new([2])];
        _sent[0].SetResult(late[0]);
        _sent[1].SetResult(late[1]);
        Assert.Equal((1, 1), (late[0].Disposals, late[1].Disposals));
        Assert.Equal(0, _guard.Tier.State.LeftBehind);
    }

    [Fact]
    public async Task Caller_WhoLeaves_CancelsBoth()
    {
        await WarmAsync();
        using CancellationTokenSource caller = new();
        var get = Send(caller.Token);
        _guard.Clock.Advance(GuardLimits.MinHedgeDelay);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => get);
        Assert.All(_tokens, token => Assert.True(token.IsCancellationRequested));
    }

    [Fact]
    public async Task SecondRequests_OverTheBudget_AreNotSent()
    {
        await WarmAsync();
        for (var i = 0; i < 100; i++)
        {
            var get = Send();
            _guard.Clock.Advance(GuardLimits.MinHedgeDelay * 100);
            _sent.ForEach(one => one.TrySetResult(default(CachedArtifact)));
            await get;
        }

        // Five saved up, and one for each twenty of a hundred reads.
        Assert.InRange(_sent.Count - 100, 5, 10);
    }

    [Fact]
    public async Task SlowRead_WhileLittleIsKnown_IsNotSentAgain()
    {
        var get = Send();
        _guard.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Single(_sent);
        _sent[0].SetResult(default(CachedArtifact));
        await get;
    }

    [Fact]
    public async Task Probe_OfAnOpenBreaker_IsNotSentAgain()
    {
        await WarmAsync();
        await _guard.OpenAsync();
        _guard.Clock.Advance(TimeSpan.FromSeconds(2));
        var get = Send();
        _guard.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Single(_sent);
        _sent[0].SetResult(default(CachedArtifact));
        await get;
    }

    [Fact]
    public async Task SlowRead_WhereHedgingIsOff_IsNotSentAgain()
    {
        await using GuardFixture guard = new();
        for (var i = 0; i < GuardLimits.HedgeSamples; i++)
        {
            await guard.GetAsync();
        }

        guard.Inner.OnGet = _ => new(GuardFixture.Pending().Task);
        var get = guard.GetAsync().AsTask();
        guard.Clock.Advance(TimeSpan.FromSeconds(3));
        await get;
        Assert.Equal(GuardLimits.HedgeSamples + 1, guard.Inner.Gets);
    }

    public ValueTask DisposeAsync() => _guard.DisposeAsync();

    private async Task WarmAsync()
    {
        for (var i = 0; i < GuardLimits.HedgeSamples; i++)
        {
            await _guard.GetAsync();
        }
    }

    private Task<CacheResult<CachedArtifact?>> Send(CancellationToken cancellationToken = default)
    {
        _guard.Inner.OnGet = call =>
        {
            _tokens.Add(call.Token);
            _sent.Add(GuardFixture.Pending());
            return new(_sent[^1].Task);
        };
        return _guard.GetAsync(cancellationToken).AsTask();
    }
}
