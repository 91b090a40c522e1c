namespace Fabrik.Cache.Resilience;

/// <summary>Counts the operations that were given up and have not ended yet.</summary>
internal sealed class LeftBehind
{
    private int _count;

    /// <summary>How many there are.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether no more are to be risked.</summary>
    public bool IsFull => Count >= GuardLimits.MaxLeftBehind;

    /// <summary>Counts an operation until it and what is to be done after it have ended, whichever way.</summary>
    public async Task FollowAsync(Task operation, Func<ValueTask>? then)
    {
        Interlocked.Increment(ref _count);
        try
        {
            await operation.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (then is not null)
            {
                await then().AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _count);
        }
    }
}
