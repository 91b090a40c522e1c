namespace Fabrik.Proxies.Fetching;

/// <summary>What fetching counts; read by the metrics.</summary>
internal sealed class FetchCounters
{
    private long _streams;
    private long _slicesStored;
    private long _slicesUnstored;
    private long _joined;
    private long _direct;
    private long _filling;

    /// <summary>Streams that were opened at origins for slices.</summary>
    public long Streams => Volatile.Read(ref _streams);

    /// <summary>Slices that the store took.</summary>
    public long SlicesStored => Volatile.Read(ref _slicesStored);

    /// <summary>Slices that the store did not take.</summary>
    public long SlicesUnstored => Volatile.Read(ref _slicesUnstored);

    /// <summary>Readers that waited for what another's stream brings.</summary>
    public long Joined => Volatile.Read(ref _joined);

    /// <summary>Readers that went to the origin for themselves, because memory or streams were short.</summary>
    public long Direct => Volatile.Read(ref _direct);

    /// <summary>Slices in memory now.</summary>
    public long Filling => Volatile.Read(ref _filling);

    internal void StreamOpened() => Interlocked.Increment(ref _streams);

    internal void Stored(bool taken) => Interlocked.Increment(ref taken ? ref _slicesStored : ref _slicesUnstored);

    internal void ReaderJoined() => Interlocked.Increment(ref _joined);

    internal void WentDirect() => Interlocked.Increment(ref _direct);

    internal void SliceHeld(int change) => Interlocked.Add(ref _filling, change);
}
