namespace Fabrik.Memcached.Warming;

/// <summary>Keys on their way from one backend to another.</summary>
internal sealed class WarmingJob(long id, WarmingRequest request, TimeProvider time) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly long _begunAt = time.GetTimestamp();
    private readonly long[] _outcomes = new long[4];
    private long _found;
    private long _bytes;
    private long _endedAt;
    private volatile bool _isListed;
    private volatile string _state = "running";
    private volatile string _problem = "";

    /// <summary>Its number.</summary>
    public long Id => id;

    /// <summary>What was asked for.</summary>
    public WarmingRequest Request => request;

    /// <summary>running, done, cancelled or failed.</summary>
    public string State => _state;

    /// <summary>Why it failed; empty unless it did.</summary>
    public string Problem => _problem;

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => _state != "running";

    /// <summary>Keys that are known by now.</summary>
    public long Found => Volatile.Read(ref _found);

    /// <summary>Keys that were copied.</summary>
    public long Copied => Count(CopyOutcome.Copied);

    /// <summary>Keys that the target had already.</summary>
    public long Kept => Count(CopyOutcome.Kept);

    /// <summary>Keys that the source does not have.</summary>
    public long Missing => Count(CopyOutcome.Missing);

    /// <summary>Keys that could not be copied.</summary>
    public long Failed => Count(CopyOutcome.Failed);

    /// <summary>Bytes of the values that were copied.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>How long it has been running, or did.</summary>
    public TimeSpan Elapsed => Volatile.Read(ref _endedAt) is var end and not 0
        ? time.GetElapsedTime(_begunAt, end)
        : time.GetElapsedTime(_begunAt);

    /// <summary>How long it will take, as it goes; null while that cannot be told.</summary>
    public TimeSpan? Remaining
    {
        get
        {
            var processed = Copied + Kept + Missing + Failed;
            return HasEnded ? TimeSpan.Zero
                : !_isListed || processed == 0 ? null
                : Elapsed / processed * Math.Max(0, Found - processed);
        }
    }

    /// <summary>Ends when it is cancelled.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Counts keys that were found.</summary>
    public void Count(long found) => Interlocked.Add(ref _found, found);

    /// <summary>All keys were found.</summary>
    public void Listed() => _isListed = true;

    /// <summary>Counts a key that is done with.</summary>
    public void Count(CopyOutcome outcome, long bytes)
    {
        Interlocked.Increment(ref _outcomes[(int)outcome]);
        Interlocked.Add(ref _bytes, bytes);
    }

    /// <summary>It has ended.</summary>
    public void End(string state, string problem = "")
    {
        Volatile.Write(ref _endedAt, time.GetTimestamp());
        _problem = problem;
        _state = state;
    }

    /// <summary>Ends it soon; what is being copied is copied.</summary>
    public Task CancelAsync() => _stop.CancelAsync();

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();

    private long Count(CopyOutcome outcome) => Volatile.Read(ref _outcomes[(int)outcome]);
}
