using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Resilience;
using Fabrik.Cache.Resilience.Breaking;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.UnitTests.Cache.Resilience;

public sealed class GuardedTierReadTests : IAsyncDisposable
{
    private readonly GuardFixture _guard = new();

    [Fact]
    public async Task Miss_OfTheTier_IsAMiss()
    {
        var result = await _guard.GetAsync();
        Assert.Null(result.Error);
        Assert.Null(result.Value);
    }

    [Fact]
    public async Task Hit_OfTheTier_HasItsInfoAndBytes()
    {
        ScriptedArtifact artifact = new([1, 2, 3]) { IsInMemory = true };
        _guard.Inner.OnGet = _ => new(artifact);
        var hit = (await _guard.GetAsync()).Value!;
        Assert.Same(artifact.Info, hit.Info);
        Assert.True(hit.TryGetMemory(out var bytes));
        Assert.Equal([1, 2, 3], bytes.ToArray());
        await hit.DisposeAsync();
        await hit.DisposeAsync();
        Assert.Equal(1, artifact.Disposals);
    }

    [Fact]
    public async Task HungTier_AfterTheAnswerTimeout_IsATimeout()
    {
        _guard.Inner.OnGet = _ => new(GuardFixture.Pending().Task);
        var get = _guard.GetAsync().AsTask();
        _guard.Clock.Advance(TimeSpan.FromSeconds(3) - TimeSpan.FromTicks(1));
        Assert.False(get.IsCompleted);
        _guard.Clock.Advance(TimeSpan.FromTicks(1));
        var error = (await get).Error;
        Assert.Equal(CacheErrorKind.Timeout, error?.Kind);
        Assert.Equal(CacheErrorSource.Upstream, error?.Source);
        Assert.Contains("3000 ms", error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HungTier_WhenGivenUp_IsCancelledAndItsLateArtifactDisposedOf()
    {
        var pending = GuardFixture.Pending();
        CancellationToken token = default;
        _guard.Inner.OnGet = call =>
        {
            token = call.Token;
            return new(pending.Task);
        };
        var get = _guard.GetAsync().AsTask();
        Assert.False(token.IsCancellationRequested);
        _guard.Clock.Advance(TimeSpan.FromSeconds(3));
        await get;
        Assert.True(token.IsCancellationRequested);
        Assert.Equal(1, _guard.Tier.State.LeftBehind);
        ScriptedArtifact late = new([1]);
        pending.SetResult(late);
        Assert.Equal(1, late.Disposals);
        Assert.Equal(0, _guard.Tier.State.LeftBehind);
    }

    [Fact]
    public async Task TokenOfAHit_StaysUsableForItsBody()
    {
        CancellationToken token = default;
        using CancellationTokenSource caller = new();
        var pending = GuardFixture.Pending();
        _guard.Inner.OnGet = call =>
        {
            token = call.Token;
            return new(pending.Task);
        };
        var get = _guard.GetAsync(caller.Token).AsTask();
        pending.SetResult(new ScriptedArtifact([1]));
        await get;
        await caller.CancelAsync();
        _guard.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.False(token.IsCancellationRequested);
    }

    [Fact]
    public async Task Caller_WhoLeaves_IsLetGoAtOnceAndIsNoFailure()
    {
        using CancellationTokenSource caller = new();
        CancellationToken token = default;
        _guard.Inner.OnGet = call =>
        {
            token = call.Token;
            return new(GuardFixture.Pending().Task);
        };
        for (var i = 0; i < 10; i++)
        {
            using CancellationTokenSource one = new();
            var get = _guard.GetAsync(one.Token).AsTask();
            await one.CancelAsync();
            var left = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => get);
            Assert.Equal(one.Token, left.CancellationToken);
            Assert.True(token.IsCancellationRequested);
        }

        Assert.Equal(BreakerState.Closed, _guard.Tier.State.Breaker);
        Assert.Null(_guard.Tier.State.LastError);
    }

    [Fact]
    public async Task Caller_WhoHasLeftAlready_DoesNotReachTheTier()
    {
        using CancellationTokenSource caller = new();
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _guard.GetAsync(caller.Token).AsTask());
        Assert.Equal(0, _guard.Inner.Gets);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Exception_OfTheTier_IsAnErrorWithItAsCause(bool atOnce)
    {
        InvalidOperationException bug = new("a bug");
        _guard.Inner.OnGet = _ => atOnce
            ? throw bug
            : new(Task.FromException<CacheResult<CachedArtifact?>>(bug));
        var error = (await _guard.GetAsync()).Error;
        Assert.Equal(CacheErrorKind.Io, error?.Kind);
        Assert.Same(bug, error?.Cause);
        Assert.Contains(1303, _guard.Log.Ids);
    }

    [Fact]
    public async Task Cancellation_ThatNobodyAskedFor_IsAnError()
    {
        _guard.Inner.OnGet = _ => new(Task.FromCanceled<CacheResult<CachedArtifact?>>(new CancellationToken(true)));
        Assert.Equal(CacheErrorKind.Io, await _guard.GetErrorAsync());
    }

    [Fact]
    public async Task FailingTier_AfterSomeFailures_IsLeftAlone()
    {
        await _guard.OpenAsync();
        Assert.Equal(BreakerState.Open, _guard.Tier.State.Breaker);
        Assert.Equal(5, _guard.Inner.Gets);
        Assert.Equal(CacheErrorKind.Unavailable, await _guard.GetErrorAsync());
        Assert.Equal(CacheErrorKind.Unavailable, (await _guard.Tier.StatAsync(default, default)).Error?.Kind);
        Assert.Equal(CacheErrorKind.Unavailable, (await _guard.Tier.DeleteAsync(default, default)).Error?.Kind);
        Assert.Equal(5, _guard.Inner.Gets);
        Assert.Equal(0, _guard.Inner.Stats + _guard.Inner.Deletes);
    }

    [Fact]
    public async Task LeftAloneTier_ThatWorksAgain_IsAskedAgainAndToldOfOnce()
    {
        await _guard.OpenAsync();
        _guard.Clock.Advance(TimeSpan.FromSeconds(2));
        await _guard.GetAsync();
        _guard.Clock.Advance(TimeSpan.FromSeconds(4));
        _guard.Inner.OnGet = _ => new(default(CachedArtifact));
        Assert.Null(await _guard.GetErrorAsync());
        Assert.Null(await _guard.GetErrorAsync());
        Assert.Equal(BreakerState.Closed, _guard.Tier.State.Breaker);
        Assert.Equal([1300, 1302, 1301], _guard.Log.Ids);
    }

    [Fact]
    public async Task Probe_WhoseCallerLeaves_GoesOnAlone()
    {
        await _guard.OpenAsync();
        _guard.Clock.Advance(TimeSpan.FromSeconds(2));
        var answer = GuardFixture.Pending();
        _guard.Inner.OnGet = _ => new(answer.Task);
        using CancellationTokenSource caller = new();
        var probe = _guard.GetAsync(caller.Token).AsTask();
        Assert.Equal(CacheErrorKind.Unavailable, await _guard.GetErrorAsync());
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => probe);
        Assert.Equal(BreakerState.HalfOpen, _guard.Tier.State.Breaker);

        answer.SetResult(default(CachedArtifact));
        await Wait.UntilAsync(() => _guard.Tier.State is { Breaker: BreakerState.Closed, LeftBehind: 0 });
    }

    [Fact]
    public async Task Probe_OfATierThatHangs_HoldsItsCallerOnlyAMoment()
    {
        await _guard.OpenAsync();
        _guard.Clock.Advance(TimeSpan.FromSeconds(2));
        var answer = GuardFixture.Pending();
        _guard.Inner.OnGet = _ => new(answer.Task);
        var probe = _guard.GetErrorAsync();
        _guard.Clock.Advance(GuardLimits.ProbePatience - TimeSpan.FromMilliseconds(1));
        Assert.False(probe.IsCompleted);
        _guard.Clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(CacheErrorKind.Unavailable, await probe);
        Assert.Equal(BreakerState.HalfOpen, _guard.Tier.State.Breaker);
        await _guard.Clock.AdvanceUntilAsync(
            TimeSpan.FromSeconds(1), () => _guard.Tier.State.Breaker == BreakerState.Open);
        answer.SetResult(default(CachedArtifact));
        await Wait.UntilAsync(() => _guard.Tier.State.LeftBehind == 0);
    }

    [Fact]
    public async Task Probe_ThatFindsAnArtifactTooLate_LetsGoOfIt()
    {
        await _guard.OpenAsync();
        _guard.Clock.Advance(TimeSpan.FromSeconds(2));
        var answer = GuardFixture.Pending();
        _guard.Inner.OnGet = _ => new(answer.Task);
        var probe = _guard.GetErrorAsync();
        _guard.Clock.Advance(GuardLimits.ProbePatience);
        Assert.Equal(CacheErrorKind.Unavailable, await probe);

        ScriptedArtifact late = new([1, 2, 3]);
        answer.SetResult(late);
        await Wait.UntilAsync(() => _guard.Tier.State is { Breaker: BreakerState.Closed, LeftBehind: 0 });
        Assert.Equal(1, late.Disposals);
    }

    [Theory]
    [InlineData(CacheErrorKind.InvalidRequest)]
    [InlineData(CacheErrorKind.StorageFull)]
    [InlineData(CacheErrorKind.ReadOnly)]
    [InlineData(CacheErrorKind.Conflict)]
    [InlineData(CacheErrorKind.TooLarge)]
    public async Task Errors_ThatAreAnswers_OpenNothing(CacheErrorKind kind)
    {
        _guard.Inner.OnGet = _ => new(GuardFixture.Error(kind));
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(kind, await _guard.GetErrorAsync());
        }

        Assert.Equal(BreakerState.Closed, _guard.Tier.State.Breaker);
    }

    [Fact]
    public async Task Errors_OfTheClient_OpenNothing()
    {
        _guard.Inner.OnGet = _ => new(CacheError.Client(CacheErrorKind.Incomplete, "went away"));
        for (var i = 0; i < 50; i++)
        {
            await _guard.GetAsync();
        }

        Assert.Equal(BreakerState.Closed, _guard.Tier.State.Breaker);
        Assert.Equal(0, _guard.Tier.State.IntegrityFailures);
    }

    [Fact]
    public async Task Denials_OfReads_OpenQuicklyUntilThereAreNewCredentials()
    {
        _guard.Inner.OnGet = _ => new(GuardFixture.Error(CacheErrorKind.Denied));
        Assert.Equal(CacheErrorKind.Denied, await _guard.GetErrorAsync());
        Assert.Equal(CacheErrorKind.Denied, await _guard.GetErrorAsync());
        Assert.Equal(CacheErrorKind.Unavailable, await _guard.GetErrorAsync());
        _guard.Tier.CredentialsChanged();
        _guard.Inner.OnGet = _ => new(default(CachedArtifact));
        Assert.Null(await _guard.GetErrorAsync());
    }

    [Fact]
    public async Task Denials_OfWrites_LeaveReadsOpen()
    {
        _guard.Inner.OnDelete = _ => new(GuardFixture.Error(CacheErrorKind.Denied));
        for (var i = 0; i < 10; i++)
        {
            await _guard.Tier.DeleteAsync(default, default);
        }

        Assert.Equal(BreakerState.Closed, _guard.Tier.State.Breaker);
    }

    [Fact]
    public async Task BadBodies_FoundByTheReceiver_CountAndOpen()
    {
        for (var i = 0; i < 5; i++)
        {
            _guard.Tier.ReportBadBody(GuardFixture.Error(CacheErrorKind.DigestMismatch));
        }

        Assert.Equal(5, _guard.Tier.State.IntegrityFailures);
        Assert.Equal(BreakerState.Open, _guard.Tier.State.Breaker);
        Assert.Equal(CacheErrorKind.Unavailable, await _guard.GetErrorAsync());
    }

    [Fact]
    public async Task SlowTier_AboveItsLimit_IsSkippedForReadsOnly()
    {
        await using GuardFixture guard = new(GuardFixture.Defaults with { MaxLatency = TimeSpan.FromSeconds(1) });
        for (var i = 0; i < GuardLimits.AnswersToJudge; i++)
        {
            Assert.False(guard.Tier.State.IsSkipped);
            var pending = GuardFixture.Pending();
            guard.Inner.OnGet = _ => new(pending.Task);
            var get = guard.GetAsync().AsTask();
            guard.Clock.Advance(TimeSpan.FromSeconds(2));
            pending.SetResult(default(CachedArtifact));
            await get;
        }

        Assert.True(guard.Tier.State.IsSkipped);
        Assert.Equal(CacheErrorKind.Unavailable, await guard.GetErrorAsync());
        Assert.Null((await guard.Tier.DeleteAsync(default, default)).Error);
        guard.Clock.Advance(GuardLimits.SkipProbeInterval);
        Assert.Null(await guard.GetErrorAsync());
        Assert.Equal(GuardLimits.AnswersToJudge + 1, guard.Inner.Gets);
    }

    [Fact]
    public async Task TierThatIgnoresCancellation_IsNotAskedWithoutEnd()
    {
        await using GuardFixture guard = new(GuardFixture.Defaults with { BreakerFailures = int.MaxValue });
        List<TaskCompletionSource<CacheResult<ArtifactInfo?>>> pending = [];
        guard.Inner.OnStat = _ =>
        {
            pending.Add(new TaskCompletionSource<CacheResult<ArtifactInfo?>>());
            return new(pending[^1].Task);
        };
        for (var i = 0; i < 200; i++)
        {
            using CancellationTokenSource caller = new();
            var stat = guard.Tier.StatAsync(default, caller.Token).AsTask();
            await caller.CancelAsync();
            Assert.True(stat.IsCompleted);
        }

        Assert.Equal(GuardLimits.MaxLeftBehind, guard.Inner.Stats);
        Assert.Equal(CacheErrorKind.Unavailable, await guard.GetErrorAsync());
        Assert.Single(guard.Log.Ids, 1305);
        pending.ForEach(one => one.SetResult(default(ArtifactInfo)));
        Assert.Null(await guard.GetErrorAsync());
    }

    [Fact]
    public async Task Contains_ThatIsGivenUp_WritesNothingIntoTheCallersMemory()
    {
        TaskCompletionSource<CacheResult<Unit>> pending = new();
        Memory<bool> given = default;
        _guard.Inner.OnContains = (_, found) =>
        {
            given = found;
            return new(pending.Task);
        };
        bool[] found = [false, false];
        var contains = _guard.Tier.ContainsAsync(new ArtifactId[2], found, default).AsTask();
        _guard.Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(CacheErrorKind.Timeout, (await contains).Error?.Kind);
        given.Span.Fill(true);
        pending.SetResult(default(Unit));
        Assert.Equal([false, false], found);
    }

    [Fact]
    public async Task Contains_WhenAnswered_TellsWhatIsThere()
    {
        _guard.Inner.OnContains = (_, found) =>
        {
            found.Span[1] = true;
            return new(default(Unit));
        };
        bool[] found = [true, false];
        Assert.Null((await _guard.Tier.ContainsAsync(new ArtifactId[2], found, default)).Error);
        Assert.Equal([false, true], found);
    }

    [Fact]
    public async Task View_OfATenant_SharesTheBreaker()
    {
        ScriptedTier tenant = new();
        _guard.Inner.OnFor = name => name == "a" ? tenant : _guard.Inner;
        var view = _guard.Tier.For("a");
        Assert.Same(_guard.Tier, _guard.Tier.For("b"));
        await view.GetAsync(default, default);
        Assert.Equal(1, tenant.Gets);
        await _guard.OpenAsync();
        Assert.Equal(CacheErrorKind.Unavailable, (await view.GetAsync(default, default)).Error?.Kind);
        await view.DisposeAsync();
        Assert.Equal(0, tenant.Disposals + _guard.Inner.Disposals);
    }

    public ValueTask DisposeAsync() => _guard.DisposeAsync();
}
