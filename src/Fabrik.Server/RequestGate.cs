namespace Fabrik.Server;

/// <summary>
/// How many requests of build tools are served at a time, over all listeners: what comes above the limit is turned
/// away at once instead of waiting in a queue, as a cache that is slow is worse than none.
/// </summary>
public sealed class RequestGate
{
    private readonly TimeProvider _time;
    private readonly int _limit;
    private long _lastEnd;
    private int _inFlight;

    /// <summary>Makes a gate that is open.</summary>
    /// <param name="limit">Requests that may be served at a time; at least 1.</param>
    /// <param name="time">The clock.</param>
    public RequestGate(int limit, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        _limit = limit;
        _time = time;
        _lastEnd = time.GetTimestamp();
    }

    /// <summary>Requests that are being served.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>How long nobody has asked for anything; zero while a request is being served.</summary>
    public TimeSpan Idle => InFlight > 0 ? TimeSpan.Zero : _time.GetElapsedTime(Interlocked.Read(ref _lastEnd));

    /// <summary>Lets a request in, or not. Whoever is let in calls <see cref="Leave"/>, whatever happens.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _inFlight) <= _limit)
        {
            return true;
        }

        Interlocked.Decrement(ref _inFlight);
        return false;
    }

    /// <summary>A request has ended.</summary>
    public void Leave()
    {
        Interlocked.Exchange(ref _lastEnd, _time.GetTimestamp());
        Interlocked.Decrement(ref _inFlight);
    }
}
