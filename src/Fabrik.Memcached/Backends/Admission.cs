namespace Fabrik.Memcached.Backends;

/// <summary>
/// Counts the commands of a backend: no more than a limit at a time, and none after it was closed. For any thread.
/// </summary>
internal sealed class Admission(int limit)
{
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;
    private bool _isClosed;

    /// <summary>Whether a command may begin; it is to be followed by <see cref="Leave"/> then.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _running) <= limit && !Volatile.Read(ref _isClosed))
        {
            return true;
        }

        Leave();
        return false;
    }

    /// <summary>A command has ended.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _running) == 0 && Volatile.Read(ref _isClosed))
        {
            _idle.TrySetResult();
        }
    }

    /// <summary>Lets nobody in any more, and waits until those inside have left.</summary>
    public Task CloseAsync()
    {
        Volatile.Write(ref _isClosed, true);
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _running) == 0)
        {
            _idle.TrySetResult();
        }

        return _idle.Task;
    }
}
