using Fabrik.Cache;
using Fabrik.Cache.Resilience;
using Fabrik.Cache.Resilience.Breaking;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.UnitTests.Cache.Resilience.Breaking;

public sealed class CircuitBreakerTests
{
    private const int Failures = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(6);

    private readonly TestClock _clock = new();
    private readonly List<BreakerChange> _changes = [];
    private readonly CircuitBreaker _breaker;

    public CircuitBreakerTests()
    {
        BreakerOptions options = new() { Name = "up", Failures = Failures, Pause = Pause, ProbeLease = Lease };
        _breaker = new CircuitBreaker(options, _clock, new Jitter(new Random(1)), _changes.Add);
    }

    private BreakerState State => _breaker.Phase.State;

    [Fact]
    public void Failures_InARow_OpenIt()
    {
        Fail(Failures - 1);
        Assert.Equal(BreakerState.Closed, State);
        Fail(1);
        Assert.Equal(BreakerState.Open, State);
        Assert.Equal(CacheErrorKind.Unavailable, _breaker.Enter(out _)?.Kind);
        Assert.Contains("broken", _breaker.Enter(out _)!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Success_BetweenFailures_BeginsTheRowAnew()
    {
        Fail(Failures - 1);
        Succeed();
        Fail(Failures - 1);
        Assert.Equal(BreakerState.Closed, State);
    }

    [Fact]
    public void Answer_WithABodyToCome_DoesNotBeginTheRowAnew()
    {
        Fail(Failures - 1);
        _breaker.Answered(Enter());
        Fail(1);
        Assert.Equal(BreakerState.Open, State);
    }

    [Fact]
    public void Failures_AsALargeShare_OpenIt()
    {
        for (var i = 0; i < GuardLimits.RatioMinimum && State == BreakerState.Closed; i++)
        {
            Succeed();
            Fail(1);
        }

        Assert.Equal(BreakerState.Open, State);
    }

    [Fact]
    public void Failures_OfLongAgo_DoNotCountInTheShare()
    {
        for (var i = 0; i < (GuardLimits.RatioMinimum / 2) - 1; i++)
        {
            Succeed();
            Fail(1);
        }

        _clock.Advance(2 * GuardLimits.RatioHalfWindow);
        Succeed();
        Fail(1);
        Succeed();
        Fail(1);
        Assert.Equal(BreakerState.Closed, State);
    }

    [Fact]
    public void Denials_InARow_OpenItSooner()
    {
        Fail(GuardLimits.DeniedInRow, CacheErrorKind.Denied);
        Assert.Equal(BreakerState.Open, State);
    }

    [Fact]
    public void Pause_WhenOver_LetsOneProbePass()
    {
        Fail(Failures);
        _clock.Advance(Pause);
        Assert.Null(_breaker.Enter(out var probe));
        Assert.True(probe.IsProbe);
        Assert.Equal(BreakerState.HalfOpen, State);
        Assert.NotNull(_breaker.Enter(out _));
    }

    [Fact]
    public void Probe_ThatSucceeds_ClosesIt()
    {
        Fail(Failures);
        _clock.Advance(Pause);
        Succeed();
        Assert.Equal(BreakerState.Closed, State);
        Assert.Equal(
            [BreakerState.Open, BreakerState.HalfOpen, BreakerState.Closed], _changes.Select(change => change.To));
    }

    [Fact]
    public void Probe_ThatIsAnswered_ClosesIt()
    {
        Fail(Failures);
        _clock.Advance(Pause);
        _breaker.Answered(Enter());
        Assert.Equal(BreakerState.Closed, State);
    }

    [Fact]
    public void Probe_WhoseCallerLeft_MakesPlaceForTheNext()
    {
        Fail(Failures);
        _clock.Advance(Pause);
        _breaker.Left(Enter());
        Assert.Equal(BreakerState.HalfOpen, State);
        Assert.True(Enter().IsProbe);
        Assert.NotNull(_breaker.Enter(out _));
    }

    [Fact]
    public void Probe_ThatTakesTooLong_KeepsNoOtherAway()
    {
        Fail(Failures);
        _clock.Advance(Pause);
        Enter();
        _clock.Advance(Lease - TimeSpan.FromTicks(1));
        Assert.NotNull(_breaker.Enter(out _));
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.True(Enter().IsProbe);
    }

    [Fact]
    public void Probes_ThatFail_DoubleThePauseUpToAMinute()
    {
        Fail(Failures);
        var expected = Pause;
        for (var i = 0; i < 10; i++)
        {
            Assert.InRange(_changes[^1].Pause, expected * 0.75, expected);
            _clock.Advance(_changes[^1].Pause - TimeSpan.FromTicks(1));
            Assert.NotNull(_breaker.Enter(out _));
            _clock.Advance(TimeSpan.FromTicks(2));
            Fail(1);
            expected = expected * 2 < GuardLimits.MaxBreakerPause ? expected * 2 : GuardLimits.MaxBreakerPause;
        }

        Assert.Equal(GuardLimits.MaxBreakerPause, expected);
    }

    [Fact]
    public void Relapse_SoonAfterClosing_GoesOnDoubling()
    {
        Fail(Failures);
        _clock.Advance(Pause);
        Succeed();
        Fail(Failures);
        Assert.InRange(_changes[^1].Pause, Pause * 1.5, Pause * 2);
    }

    [Fact]
    public void Relapse_LongAfterClosing_BeginsWithTheFirstPause()
    {
        Fail(Failures);
        _clock.Advance(Pause);
        Succeed();
        _clock.Advance(GuardLimits.MaxBreakerPause);
        Fail(Failures);
        Assert.InRange(_changes[^1].Pause, Pause * 0.75, Pause);
    }

    [Fact]
    public void RetryAfter_OfTheLastFailure_IsWaitedFor()
    {
        Fail(Failures - 1);
        _breaker.Failed(Enter(), Error(CacheErrorKind.Overloaded) with { RetryAfter = TimeSpan.FromSeconds(30) });
        Assert.Equal(TimeSpan.FromSeconds(30), _changes[^1].Pause);
    }

    [Fact]
    public void RetryAfter_ThatIsAbsurd_IsCut()
    {
        Fail(Failures - 1);
        _breaker.Failed(Enter(), Error(CacheErrorKind.Overloaded) with { RetryAfter = TimeSpan.FromDays(1) });
        Assert.Equal(GuardLimits.MaxBreakerPause, _changes[^1].Pause);
    }

    [Fact]
    public void Reports_FromBeforeItOpened_CountForNothing()
    {
        var early = Enter();
        Fail(Failures);
        _breaker.Succeeded(early);
        _breaker.Failed(early, Error(CacheErrorKind.Io));
        _breaker.Left(early);
        Assert.Equal(BreakerState.Open, State);
        _clock.Advance(Pause);
        var probe = Enter();
        _breaker.Failed(early, Error(CacheErrorKind.Io));
        Assert.Equal(BreakerState.HalfOpen, State);
        _breaker.Succeeded(probe);
        _breaker.Failed(early, Error(CacheErrorKind.Io));
        Fail(Failures - 1);
        Assert.Equal(BreakerState.Closed, State);
    }

    [Fact]
    public void Reports_MadeWhileItIsOpen_CountForNothing()
    {
        Fail(Failures);
        BreakerPermit now = new(_breaker.Phase.Epoch, IsProbe: false);
        _breaker.Failed(now, Error(CacheErrorKind.Io));
        _breaker.Succeeded(now);
        Assert.Equal(BreakerState.Open, State);
        Assert.Single(_changes);
    }

    [Fact]
    public void NewCredentials_AfterDenials_AreTriedAtOnce()
    {
        Fail(GuardLimits.DeniedInRow, CacheErrorKind.Denied);
        Assert.NotNull(_breaker.Enter(out _));
        _breaker.CredentialsChanged();
        Assert.True(Enter().IsProbe);
    }

    [Fact]
    public void NewCredentials_DuringAProbeWithTheOldOnes_MakeItsAnswerVoid()
    {
        Fail(GuardLimits.DeniedInRow, CacheErrorKind.Denied);
        _clock.Advance(Pause);
        var old = Enter();
        _breaker.CredentialsChanged();
        var fresh = Enter();
        _breaker.Failed(old, Error(CacheErrorKind.Denied));
        Assert.Equal(BreakerState.HalfOpen, State);
        _breaker.Succeeded(fresh);
        Assert.Equal(BreakerState.Closed, State);
    }

    [Fact]
    public void NewCredentials_AfterOtherFailures_ChangeNothing()
    {
        Fail(Failures);
        _breaker.CredentialsChanged();
        Assert.NotNull(_breaker.Enter(out _));
    }

    [Fact]
    public async Task Probe_UnderManyThreads_IsOne()
    {
        for (var round = 0; round < 20; round++)
        {
            Fail(round == 0 ? Failures : 1);
            _clock.Advance(GuardLimits.MaxBreakerPause);
            using Barrier start = new(64);
            var passed = 0;
            var threads = Enumerable.Range(0, 64).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait(TestContext.Current.CancellationToken);
                    if (_breaker.Enter(out var permit) is null)
                    {
                        Assert.True(permit.IsProbe);
                        Interlocked.Increment(ref passed);
                    }
                },
                TestContext.Current.CancellationToken,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default));
            await Task.WhenAll(threads);
            Assert.Equal(1, passed);
            _breaker.Left(new BreakerPermit(_breaker.Phase.Epoch, IsProbe: true));
        }
    }

    private static CacheError Error(CacheErrorKind kind) => new(kind, CacheErrorSource.Upstream, "broken");

    private BreakerPermit Enter()
    {
        Assert.Null(_breaker.Enter(out var permit));
        return permit;
    }

    private void Succeed() => _breaker.Succeeded(Enter());

    private void Fail(int times, CacheErrorKind kind = CacheErrorKind.Io)
    {
        for (var i = 0; i < times; i++)
        {
            _breaker.Failed(Enter(), Error(kind));
        }
    }
}
