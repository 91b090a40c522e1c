namespace Fabrik.Proxies.Storage;

/// <summary>
/// How much memory slices take that are being filled or stored, over all bodies. Who is in the middle of a body waits,
/// in order; who would begin one is told that there is none, and does without.
/// </summary>
internal sealed class SliceBudget(long limit)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiters = [];
    private long _used;
    private long _peak;

    /// <summary>Bytes that are taken.</summary>
    public long Used => Volatile.Read(ref _used);

    /// <summary>The most that was ever taken at a time.</summary>
    public long Peak => Volatile.Read(ref _peak);

    /// <summary>Takes some, if they are free and nobody waits for them.</summary>
    public bool TryTake(int size)
    {
        lock (_lock)
        {
            if (_waiters.Count > 0 || !Fits(size))
            {
                return false;
            }

            Take(size);
            return true;
        }
    }

    /// <summary>Waits for some, behind whoever waits already.</summary>
    public async ValueTask TakeAsync(int size, CancellationToken cancellationToken)
    {
        LinkedListNode<Waiter> node;
        lock (_lock)
        {
            if (_waiters.Count == 0 && Fits(size))
            {
                Take(size);
                return;
            }

            node = _waiters.AddLast(new Waiter(size));
        }

        await using var registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((Waiter)state!).TrySetCanceled(token), node.Value);
        try
        {
            await node.Value.Task;
        }
        catch (OperationCanceledException)
        {
            lock (_lock)
            {
                if (node.List is not null)
                {
                    _waiters.Remove(node);
                }

                // Those behind may have waited for this one only.
                Admit();
            }

            throw;
        }
    }

    /// <summary>Gives some back.</summary>
    public void Return(int size)
    {
        lock (_lock)
        {
            Volatile.Write(ref _used, _used - size);
            Admit();
        }
    }

    // One slice always fits: a limit below its size would stop everything.
    private bool Fits(int size) => _used == 0 || _used + size <= limit;

    private void Take(int size)
    {
        Volatile.Write(ref _used, _used + size);
        Volatile.Write(ref _peak, Math.Max(_peak, _used));
    }

    private void Admit()
    {
        while (_waiters.First is { } first && Fits(first.Value.Size))
        {
            _waiters.RemoveFirst();
            if (first.Value.TrySetResult())
            {
                Take(first.Value.Size);
            }
        }
    }

    private sealed class Waiter(int size) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public int Size => size;
    }
}
