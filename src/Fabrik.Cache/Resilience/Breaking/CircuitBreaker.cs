namespace Fabrik.Cache.Resilience.Breaking;

/// <summary>
/// Leaves a failing upstream alone. Closed: everything passes, until too many failures in a row, too large a share of
/// failures, or refused credentials open it. Open: nothing passes for a pause. Half-open: one probe at a time passes;
/// the first that succeeds closes it, one that fails opens it again for twice as long.
/// </summary>
/// <remarks>
/// Of our own because Polly's breaker knows no failures in a row, keeps no probe from being lost when its caller
/// leaves, makes an exception and a context for every refusal, and cannot be told that credentials have changed;
/// bench/Fabrik.Microbenchmarks/Resilience compares what a refusal costs. Passing and being refused take no lock;
/// every report and every change is made under one.
/// </remarks>
internal sealed class CircuitBreaker
{
    private readonly Lock _gate = new();
    private readonly BreakerOptions _options;
    private readonly TimeProvider _time;
    private readonly Jitter _jitter;
    private readonly Action<BreakerChange> _changed;
    private readonly FailureWindow _window;
    private volatile BreakerPhase _phase;
    private long _probeUntil = long.MinValue;
    private long _closedAt;
    private TimeSpan _pause;
    private int _failures;
    private int _denied;

    /// <summary>A closed breaker.</summary>
    /// <param name="options">What it is made with.</param>
    /// <param name="time">The clock.</param>
    /// <param name="jitter">Chance for the pauses.</param>
    /// <param name="changed">Is told of every change, outside of the lock.</param>
    public CircuitBreaker(BreakerOptions options, TimeProvider time, Jitter jitter, Action<BreakerChange> changed)
    {
        _options = options;
        _time = time;
        _jitter = jitter;
        _changed = changed;
        _window = new FailureWindow(time);
        _phase = new BreakerPhase { State = BreakerState.Closed, Epoch = 0, Since = time.GetUtcNow() };
    }

    /// <summary>What holds now.</summary>
    public BreakerPhase Phase => _phase;

    /// <summary>Gives a permit, or the error to answer with.</summary>
    public CacheError? Enter(out BreakerPermit permit)
    {
        var phase = _phase;
        if (phase.State == BreakerState.Closed)
        {
            permit = new BreakerPermit(phase.Epoch, IsProbe: false);
            return null;
        }

        var until = phase.State == BreakerState.Open ? phase.Until : Volatile.Read(ref _probeUntil);
        if (_time.GetTimestamp() < until)
        {
            permit = default;
            return phase.Refusal;
        }

        return Probe(out permit);
    }

    /// <summary>The request was answered as it should be.</summary>
    public void Succeeded(BreakerPermit permit)
    {
        BreakerChange change;
        lock (_gate)
        {
            if (permit.Epoch != _phase.Epoch || _phase.State == BreakerState.Open)
            {
                return;
            }

            _failures = 0;
            _denied = 0;
            if (_phase.State == BreakerState.Closed)
            {
                _window.Add(isFailure: false);
                return;
            }

            change = new BreakerChange(_phase.State, BreakerState.Closed, TimeSpan.Zero, _phase.Reason);
            Close();
        }

        _changed(change);
    }

    /// <summary>
    /// The request was answered, but how it ends is still open (a body follows): enough to close a breaker, too little
    /// to forget failures.
    /// </summary>
    public void Answered(BreakerPermit permit)
    {
        if (permit.IsProbe)
        {
            Succeeded(permit);
        }
    }

    /// <summary>The request failed.</summary>
    public void Failed(BreakerPermit permit, CacheError error)
    {
        BreakerChange change;
        lock (_gate)
        {
            if (permit.Epoch != _phase.Epoch || _phase.State == BreakerState.Open
                || (_phase.State == BreakerState.Closed && !IsEnough(error)))
            {
                return;
            }

            var from = _phase.State;
            change = new BreakerChange(from, BreakerState.Open, Open(error), error);
        }

        _changed(change);
    }

    /// <summary>The caller left before there was an answer: it says nothing, and a probe's place is free.</summary>
    public void Left(BreakerPermit permit)
    {
        lock (_gate)
        {
            if (permit.IsProbe && permit.Epoch == _phase.Epoch)
            {
                Volatile.Write(ref _probeUntil, long.MinValue);
            }
        }
    }

    /// <summary>
    /// There are new credentials: where refused ones opened the breaker, the next request tries them at once.
    /// </summary>
    public void CredentialsChanged()
    {
        lock (_gate)
        {
            _denied = 0;
            if (_phase is not { State: not BreakerState.Closed, Reason.Kind: CacheErrorKind.Denied })
            {
                return;
            }

            // A probe that is under way carries the old credentials: the new epoch makes its answer count for nothing.
            _pause = TimeSpan.Zero;
            _phase = _phase with { State = BreakerState.Open, Epoch = _phase.Epoch + 1, Until = _time.GetTimestamp() };
        }
    }

    private CacheError? Probe(out BreakerPermit permit)
    {
        BreakerChange change;
        lock (_gate)
        {
            permit = new BreakerPermit(_phase.Epoch, IsProbe: false);
            if (_phase.State == BreakerState.Closed)
            {
                return null;
            }

            var now = _time.GetTimestamp();
            if (now < (_phase.State == BreakerState.Open ? _phase.Until : _probeUntil))
            {
                permit = default;
                return _phase.Refusal;
            }

            Volatile.Write(ref _probeUntil, now + TimestampLength.Of(_time, _options.ProbeLease));
            if (_phase.State == BreakerState.HalfOpen)
            {
                permit = permit with { IsProbe = true };
                return null;
            }

            change = new BreakerChange(BreakerState.Open, BreakerState.HalfOpen, TimeSpan.Zero, _phase.Reason);
            _phase = _phase with
            {
                State = BreakerState.HalfOpen,
                Epoch = _phase.Epoch + 1,
                Since = _time.GetUtcNow(),
            };
            permit = new BreakerPermit(_phase.Epoch, IsProbe: true);
        }

        _changed(change);
        return null;
    }

    private bool IsEnough(CacheError error)
    {
        _window.Add(isFailure: true);
        _failures++;
        _denied = error.Kind == CacheErrorKind.Denied ? _denied + 1 : 0;
        return _failures >= _options.Failures || _denied >= GuardLimits.DeniedInRow || _window.IsBad;
    }

    private void Close()
    {
        _closedAt = _time.GetTimestamp();
        _window.Clear();
        _phase = new BreakerPhase
        {
            State = BreakerState.Closed,
            Epoch = _phase.Epoch + 1,
            Since = _time.GetUtcNow(),
        };
    }

    private TimeSpan Open(CacheError error)
    {
        var pause = NextPause(error);
        _phase = new BreakerPhase
        {
            State = BreakerState.Open,
            Epoch = _phase.Epoch + 1,
            Since = _time.GetUtcNow(),
            Until = _time.GetTimestamp() + TimestampLength.Of(_time, pause),
            Reason = error,
            Refusal = new CacheError(
                CacheErrorKind.Unavailable,
                CacheErrorSource.Upstream,
                $"upstream {_options.Name} is left alone for {pause.TotalSeconds:0.0} s after failures; " +
                $"the last: {error.Message}"),
        };
        _failures = 0;
        _denied = 0;
        return pause;
    }

    // What fails again soon after it closed (an upstream that answers, and then delivers nothing) has not recovered:
    // its pauses go on growing.
    private TimeSpan NextPause(CacheError error)
    {
        var isNew = _phase.State == BreakerState.Closed
            && _time.GetElapsedTime(_closedAt) >= GuardLimits.MaxBreakerPause;
        _pause = isNew || _pause == TimeSpan.Zero ? _options.Pause : _pause * 2;
        _pause = Min(_pause, GuardLimits.MaxBreakerPause);
        var pause = _jitter.Between(_pause * 0.75, _pause);
        return error.RetryAfter is { } asked && asked > pause ? Min(asked, GuardLimits.MaxBreakerPause) : pause;
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
