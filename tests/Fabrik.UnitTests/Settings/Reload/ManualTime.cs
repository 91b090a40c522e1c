namespace Fabrik.UnitTests.Settings.Reload;

/// <summary>A clock that moves when told, and runs timers on the thread that tells it.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<Timer> _timers = [];
    private DateTimeOffset _now = DateTimeOffset.UnixEpoch;

    public override DateTimeOffset GetUtcNow() => _now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Timer timer = new(this, () => callback(state));
        timer.Change(dueTime, period);
        lock (_gate)
        {
            _timers.Add(timer);
        }

        return timer;
    }

    /// <summary>Moves on in steps of 50 ms.</summary>
    public void Advance(TimeSpan by)
    {
        TimeSpan step = TimeSpan.FromMilliseconds(50);
        for (TimeSpan gone = TimeSpan.Zero; gone < by; gone += step)
        {
            Timer[] due;
            lock (_gate)
            {
                _now += step;
                due = [.. _timers.Where(timer => timer.TryTake(_now))];
            }

            foreach (Timer timer in due)
            {
                timer.Run();
            }
        }
    }

    private sealed class Timer(ManualTime time, Action run) : ITimer
    {
        private DateTimeOffset? _due;

        public void Run() => run();

        public bool TryTake(DateTimeOffset now)
        {
            bool isDue = _due <= now;
            _due = isDue ? null : _due;
            return isDue;
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                _due = dueTime == Timeout.InfiniteTimeSpan ? null : time._now + dueTime;
            }

            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
