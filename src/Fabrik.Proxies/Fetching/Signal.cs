namespace Fabrik.Proxies.Fetching;

/// <summary>
/// Wakes whoever waits. Who waits takes <see cref="Next"/> first, looks, and then awaits it: what happens between
/// looking and waiting is not missed.
/// </summary>
internal sealed class Signal
{
    private TaskCompletionSource? _next;

    /// <summary>Ends with the next <see cref="Pulse"/>.</summary>
    public Task Next()
    {
        while (true)
        {
            if (Volatile.Read(ref _next) is { } next)
            {
                return next.Task;
            }

            Interlocked.CompareExchange(
                ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), null);
        }
    }

    /// <summary>Something happened.</summary>
    public void Pulse() => Interlocked.Exchange(ref _next, null)?.SetResult();
}
