namespace Fabrik.Proxies.Storage;

/// <summary>
/// Numbers for generations that no earlier process gave out either: they begin with the time, and only grow.
/// </summary>
internal sealed class GenerationSource(TimeProvider time)
{
    private long _last = time.GetUtcNow().UtcTicks;

    /// <summary>The next one.</summary>
    public long Next()
    {
        while (true)
        {
            var last = Volatile.Read(ref _last);
            var next = Math.Max(last + 1, time.GetUtcNow().UtcTicks);
            if (Interlocked.CompareExchange(ref _last, next, last) == last)
            {
                return next;
            }
        }
    }
}
