namespace Fabrik.Proxies.Admin;

/// <summary>Keys on their way into the cache.</summary>
/// <param name="id">Its number.</param>
/// <param name="bucket">The bucket.</param>
internal sealed class WarmingJob(long id, string bucket) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private long _total;
    private long _done;
    private long _failed;
    private long _bytes;
    private volatile string _state = "running";

    public long Id => id;

    public string Bucket => bucket;

    /// <summary>running, done, cancelled or failed.</summary>
    public string State => _state;

    /// <summary>Keys that are known by now.</summary>
    public long Total => Volatile.Read(ref _total);

    /// <summary>Keys that are in the cache.</summary>
    public long Done => Volatile.Read(ref _done);

    /// <summary>Keys that could not be had.</summary>
    public long Failed => Volatile.Read(ref _failed);

    /// <summary>Bytes of their bodies.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Ends when it is cancelled.</summary>
    public CancellationToken Stop => _stop.Token;

    public void Found() => Interlocked.Increment(ref _total);

    public void Ended(bool isThere, long bytes)
    {
        Interlocked.Increment(ref isThere ? ref _done : ref _failed);
        Interlocked.Add(ref _bytes, bytes);
    }

    public void End(string state) => _state = state;

    public Task CancelAsync() => _stop.CancelAsync();

    public void Dispose() => _stop.Dispose();
}
