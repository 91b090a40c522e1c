namespace Fabrik.Cache.Resilience.Calls;

/// <summary>Why nobody waits for an answer any more.</summary>
internal enum WaitEnd
{
    /// <summary>It took too long.</summary>
    TimedOut,

    /// <summary>The caller left.</summary>
    Cancelled,

    /// <summary>The guard is being disposed of.</summary>
    Closing,
}

/// <summary>
/// The end of a caller's patience: one time-out over all attempts, their token, and the guard's own end.
/// </summary>
internal sealed class AnswerWait : IDisposable
{
    private readonly TaskCompletionSource<WaitEnd> _ended = new();
    private readonly ITimer _timer;
    private readonly CancellationTokenRegistration _caller;
    private readonly CancellationTokenRegistration _closing;

    /// <summary>Begins to wait, where something was not answered at once.</summary>
    /// <param name="guard">Whose limits hold.</param>
    /// <param name="started">When the operation began.</param>
    /// <param name="cancellationToken">The caller's token.</param>
    public AnswerWait(UpstreamGuard guard, long started, CancellationToken cancellationToken)
    {
        _timer = guard.Time.CreateTimer(
            static wait => ((AnswerWait)wait!)._ended.TrySetResult(WaitEnd.TimedOut),
            this,
            Remaining(guard, started),
            Timeout.InfiniteTimeSpan);
        _caller = cancellationToken.UnsafeRegister(
            static wait => ((AnswerWait)wait!)._ended.TrySetResult(WaitEnd.Cancelled), this);
        _closing = guard.Closing.UnsafeRegister(
            static wait => ((AnswerWait)wait!)._ended.TrySetResult(WaitEnd.Closing), this);
    }

    /// <summary>Ends with the caller's patience.</summary>
    public Task<WaitEnd> Ended => _ended.Task;

    /// <summary>What is left of the answer time-out.</summary>
    public static TimeSpan Remaining(UpstreamGuard guard, long started)
    {
        var left = guard.Options.AnswerTimeout - guard.Time.GetElapsedTime(started);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        _caller.Dispose();
        _closing.Dispose();
    }
}
