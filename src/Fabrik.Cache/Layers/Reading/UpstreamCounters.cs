namespace Fabrik.Cache.Layers.Reading;

/// <summary>What reading counts of one upstream, whoever the tenant is.</summary>
internal sealed class UpstreamCounters(string name)
{
    private long _hits;
    private long _misses;
    private long _failures;
    private long _integrityFailures;
    private long _tooSlow;
    private long _bytes;

    public void Hit() => Interlocked.Increment(ref _hits);

    public void Miss() => Interlocked.Increment(ref _misses);

    public void Failed() => Interlocked.Increment(ref _failures);

    public void WrongBytes() => Interlocked.Increment(ref _integrityFailures);

    public void TooSlow() => Interlocked.Increment(ref _tooSlow);

    public void Received(long bytes) => Interlocked.Add(ref _bytes, bytes);

    public LayerUpstreamStatistics Snapshot() => new(name)
    {
        Hits = Interlocked.Read(ref _hits),
        Misses = Interlocked.Read(ref _misses),
        Failures = Interlocked.Read(ref _failures),
        IntegrityFailures = Interlocked.Read(ref _integrityFailures),
        TooSlow = Interlocked.Read(ref _tooSlow),
        Bytes = Interlocked.Read(ref _bytes),
    };
}
