using Fabrik.Memcached.Buffers;
using Fabrik.Memcached.Loop;
using Fabrik.Memcached.Requests;
using Fabrik.Testing;

namespace Fabrik.MemcachedTests.Destinations;

/// <summary>A loop that a test turns: what is posted and what has fallen due is done by <see cref="Run"/>.</summary>
internal sealed class ManualLoop : ILoop
{
    private readonly Queue<(Action<object?> Work, object? State)> _posted = new();
    private readonly List<(long Due, ILoopTimer Timer)> _timers = [];
    private readonly Lock _lock = new();

    public TestClock Clock { get; } = new();

    public TimeProvider Time => Clock;

    public long Now => Clock.GetTimestamp();

    public BlockPool Blocks { get; } = new();

    public RequestPool Requests { get; } = new();

    public bool IsCurrent => true;

    public void Post(Action<object?> work, object? state)
    {
        lock (_lock)
        {
            _posted.Enqueue((work, state));
        }
    }

    public void Schedule(ILoopTimer timer, TimeSpan delay) => _timers.Add((Now + delay.Ticks, timer));

    /// <summary>Does what was posted, and what has fallen due.</summary>
    public void Run()
    {
        while (true)
        {
            (Action<object?> Work, object? State) item;
            lock (_lock)
            {
                if (!_posted.TryDequeue(out item))
                {
                    break;
                }
            }

            item.Work(item.State);
        }

        foreach (var due in _timers.Where(timer => timer.Due <= Now).ToList())
        {
            _timers.Remove(due);
            due.Timer.OnTime();
        }
    }
}
