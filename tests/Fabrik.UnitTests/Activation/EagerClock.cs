namespace Fabrik.UnitTests.Activation;

/// <summary>
/// A clock for tests that wait for another process: whoever waits for a time has waited at once, and the time has
/// passed. Patience is counted in polls that way, not in seconds of a machine that may be busy.
/// </summary>
internal sealed class EagerClock : TimeProvider
{
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(GetTimestamp());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new EagerTimer(this, callback, state, dueTime);

    private sealed class EagerTimer : ITimer
    {
        private int _isDone;

        public EagerTimer(EagerClock clock, TimerCallback callback, object? state, TimeSpan dueTime)
        {
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                ThreadPool.QueueUserWorkItem(_ =>
                {
                    if (Interlocked.Exchange(ref _isDone, 1) == 0)
                    {
                        Interlocked.Add(ref clock._ticks, dueTime.Ticks);
                        callback(state);
                    }
                });
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

        public void Dispose() => Interlocked.Exchange(ref _isDone, 1);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
