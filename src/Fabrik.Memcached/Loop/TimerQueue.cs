namespace Fabrik.Memcached.Loop;

/// <summary>Timers in the order in which they are due, in timestamps of the loop's clock.</summary>
internal sealed class TimerQueue
{
    private readonly PriorityQueue<ILoopTimer, long> _timers = new();

    /// <summary>When the next one is due; <see cref="long.MaxValue"/> without one.</summary>
    public long NextDue => _timers.TryPeek(out _, out var due) ? due : long.MaxValue;

    /// <summary>Adds one.</summary>
    public void Add(ILoopTimer timer, long due) => _timers.Enqueue(timer, due);

    /// <summary>Takes one that is due; null when there is none.</summary>
    public ILoopTimer? TakeDue(long now) =>
        _timers.TryPeek(out var timer, out var due) && due <= now ? Taken(timer) : null;

    private ILoopTimer Taken(ILoopTimer timer)
    {
        _timers.Dequeue();
        return timer;
    }
}
