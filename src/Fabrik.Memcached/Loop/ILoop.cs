using Fabrik.Memcached.Buffers;
using Fabrik.Memcached.Requests;

namespace Fabrik.Memcached.Loop;

/// <summary>
/// One thread with clients and connections to servers of its own. What belongs to a loop is touched by its thread only,
/// so that nothing on the path of a request has a lock.
/// </summary>
internal interface ILoop
{
    /// <summary>The clock.</summary>
    TimeProvider Time { get; }

    /// <summary>The clock's timestamp at the beginning of this turn: cheap, and exact to a turn.</summary>
    long Now { get; }

    /// <summary>Memory.</summary>
    BlockPool Blocks { get; }

    /// <summary>Requests that are used again.</summary>
    RequestPool Requests { get; }

    /// <summary>Whether the caller is on this loop's thread.</summary>
    bool IsCurrent { get; }

    /// <summary>Has something done on this loop's thread, soon. From any thread.</summary>
    void Post(Action<object?> work, object? state);

    /// <summary>
    /// Calls <see cref="ILoopTimer.OnTime"/> on this loop's thread, once, not before a time has passed (and up to 10 ms
    /// later). On this loop's thread only.
    /// </summary>
    void Schedule(ILoopTimer timer, TimeSpan delay);
}
