using Fabrik.Cache.Layers;
using Fabrik.Cache.Resilience.Breaking;
using Fabrik.Cache.Resilience.Latency;
using Fabrik.Cache.Resilience.Telemetry;

namespace Fabrik.Cache.Resilience;

/// <summary>What is remembered of one upstream, shared by the views of all its tenants.</summary>
internal sealed class UpstreamGuard : IDisposable
{
    private readonly GuardServices _services;
    private readonly FailureRecord _failures;
    private readonly CancellationTokenSource _closing = new();
    private readonly CacheError _full;
    private int _isFullTold;

    public UpstreamGuard(UpstreamOptions options, GuardServices services)
    {
        Options = options;
        _services = services;
        _failures = new FailureRecord(services.Time);
        Jitter = new Jitter(services.Random);
        Breaker = new CircuitBreaker(BreakerOptions.Of(options), services.Time, Jitter, Tell);
        Latency = new LatencyModel(options, services.Time);
        Counters = new UpstreamCounters(services.Metrics, options.Name);
        Closing = _closing.Token;
        ShuttingDown = Error(CacheErrorKind.ShuttingDown, "is being shut down");
        _full = Error(CacheErrorKind.Unavailable, $"has {GuardLimits.MaxLeftBehind} operations that do not end");
        services.Metrics.Watch(options.Name, Breaker);
    }

    public UpstreamOptions Options { get; }

    public TimeProvider Time => _services.Time;

    public Jitter Jitter { get; }

    public CircuitBreaker Breaker { get; }

    public LatencyModel Latency { get; }

    public UpstreamCounters Counters { get; }

    public RatioBudget Retries { get; } = new(GuardLimits.RetryRatio, GuardLimits.RetryBurst);

    public RatioBudget Hedges { get; } = new(GuardLimits.HedgeRatio, GuardLimits.HedgeBurst);

    public LeftBehind LeftBehind { get; } = new();

    /// <summary>Ends with the guard: nobody waits for an upstream that is being disposed of.</summary>
    public CancellationToken Closing { get; }

    /// <summary>What everyone gets who waits for an upstream that is being disposed of.</summary>
    public CacheError ShuttingDown { get; }

    public UpstreamState State
    {
        get
        {
            var phase = Breaker.Phase;
            return new UpstreamState
            {
                Name = Options.Name,
                Breaker = phase.State,
                Since = phase.Since,
                IsSkipped = Latency.IsSkipped,
                ExpectedLatency = Latency.ExpectedAnswer,
                BytesPerSecond = Latency.BytesPerSecond,
                LastError = _failures.Last,
                LastErrorAt = _failures.LastAt,
                IntegrityFailures = _failures.Corrupt,
                LeftBehind = LeftBehind.Count,
            };
        }
    }

    /// <summary>Gives leave to send a request, or the error to answer with.</summary>
    public CacheError? Admit(TierOperation operation, out BreakerPermit permit)
    {
        permit = default;
        if (Closing.IsCancellationRequested)
        {
            return Refuse(operation, ShuttingDown, "shutting_down");
        }

        if (LeftBehind.IsFull)
        {
            TellFull();
            return Refuse(operation, _full, "skipped");
        }

        Volatile.Write(ref _isFullTold, 0);

        if (Breaker.Enter(out permit) is { } open)
        {
            return Refuse(operation, open, "open");
        }

        // Only what a build waits for is skipped: writes and the checks before them may take their time.
        return operation is TierOperation.Get or TierOperation.Stat && !permit.IsProbe && Latency.Skip() is { } slow
            ? Refuse(operation, slow, "skipped")
            : null;
    }

    /// <summary>A request was answered, or ended with an error.</summary>
    public void Report(TierOperation operation, BreakerPermit permit, CacheError? error)
    {
        if (error is null)
        {
            Breaker.Succeeded(permit);
            return;
        }

        if (_failures.Add(error) is > 0 and var count)
        {
            ResilienceLog.Corrupt(_services.Logger, Options.Name, count, error.Message);
        }

        if (FailureRules.IsFailure(error, operation, Options.WriteOnly))
        {
            Breaker.Failed(permit, error);
        }
        else
        {
            Breaker.Succeeded(permit);
        }
    }

    /// <summary>An exception where an answer was due: a bug of the tier, which is an error for everyone else.</summary>
    public CacheError Crashed(TierOperation operation, Exception? exception)
    {
        var name = UpstreamCounters.NameOf(operation);
        ResilienceLog.Crashed(_services.Logger, Options.Name, name, exception);
        return Error(CacheErrorKind.Io, $"ended a {name} in an unexpected way", exception);
    }

    /// <summary>An error of this upstream.</summary>
    public CacheError Error(CacheErrorKind kind, string what, Exception? cause = null) =>
        new(kind, CacheErrorSource.Upstream, $"upstream {Options.Name} {what}", cause);

    /// <summary>Disposes of something of the upstream's; what takes longer than the idle limit goes on alone.</summary>
    public ValueTask DisposeWithinLimitAsync(IAsyncDisposable owned)
    {
        ValueTask disposing;
        try
        {
            disposing = owned.DisposeAsync();
        }
        catch (Exception exception)
        {
            disposing = ValueTask.FromException(exception);
        }

        return disposing.IsCompletedSuccessfully ? ValueTask.CompletedTask : AwaitDisposalAsync(disposing.AsTask());
    }

    /// <summary>Lets go of everyone who waits; may be called once.</summary>
    public Task CloseAsync()
    {
        _services.Metrics.Unwatch(Breaker);
        return _closing.CancelAsync();
    }

    public void Dispose() => _closing.Dispose();

    private async ValueTask AwaitDisposalAsync(Task disposing)
    {
        using Alarm alarm = new(Time, Options.Timeout);
        await Task.WhenAny(disposing, alarm.Rings);
        if (!disposing.IsCompleted)
        {
            _ = LeftBehind.FollowAsync(disposing, then: null);
        }
        else if (!disposing.IsCompletedSuccessfully)
        {
            ResilienceLog.Crashed(_services.Logger, Options.Name, "disposal", disposing.Exception?.InnerException);
        }
    }

    private CacheError Refuse(TierOperation operation, CacheError error, string result)
    {
        Counters.Refused(operation, result);
        if (UpstreamTraces.IsHeard)
        {
            using var activity = UpstreamTraces.Start(operation, Options.Name);
            UpstreamTraces.End(activity, result, bytes: null, error);
        }

        return error;
    }

    private void Tell(BreakerChange change)
    {
        switch (change)
        {
            case { From: BreakerState.Closed, To: BreakerState.Open }:
                ResilienceLog.Opened(_services.Logger, Options.Name, change.Pause, change.Reason!.Message);
                break;
            case { To: BreakerState.Open }:
                ResilienceLog.StaysOpen(_services.Logger, Options.Name, change.Pause, change.Reason!.Message);
                break;
            case { To: BreakerState.Closed }:
                ResilienceLog.Closed(_services.Logger, Options.Name, change.Reason?.Message);
                break;
            default:
                break;
        }
    }

    private void TellFull()
    {
        if (Interlocked.Exchange(ref _isFullTold, 1) == 0)
        {
            ResilienceLog.LeftBehind(_services.Logger, Options.Name, LeftBehind.Count);
        }
    }
}
