namespace Fabrik.Cache.Resilience;

/// <summary>The last failure of an upstream, and how many of them were corruption.</summary>
internal sealed class FailureRecord(TimeProvider time)
{
    private volatile Entry? _last;
    private long _corrupt;

    /// <summary>The last failure.</summary>
    public CacheError? Last => _last?.Error;

    /// <summary>When it was.</summary>
    public DateTimeOffset? LastAt => _last?.At;

    /// <summary>How many bodies were corrupt.</summary>
    public long Corrupt => Interlocked.Read(ref _corrupt);

    /// <summary>
    /// Takes a failure; gives how many corrupt bodies there are with it, or 0 if it is another failure.
    /// </summary>
    public long Add(CacheError error)
    {
        _last = new Entry(error, time.GetUtcNow());
        return FailureRules.IsCorruption(error) ? Interlocked.Increment(ref _corrupt) : 0;
    }

    private sealed record Entry(CacheError Error, DateTimeOffset At);
}
