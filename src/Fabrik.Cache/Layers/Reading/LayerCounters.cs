namespace Fabrik.Cache.Layers.Reading;

/// <summary>What reading through layers counts; <see cref="LayerStatistics"/> is a snapshot of it.</summary>
internal sealed class LayerCounters(IReadOnlyList<Upstream> upstreams)
{
    private long _fetches;
    private long _collapsed;
    private long _negativeHits;
    private long _refused;
    private long _resumed;
    private long _broken;
    private long _unstored;

    /// <summary>Those of each upstream, in their order.</summary>
    public UpstreamCounters[] Upstreams { get; } =
        [.. upstreams.Select(each => new UpstreamCounters(each.Options.Name))];

    public void Fetched() => Interlocked.Increment(ref _fetches);

    public void Collapsed() => Interlocked.Increment(ref _collapsed);

    public void NegativeHit() => Interlocked.Increment(ref _negativeHits);

    public void Refused() => Interlocked.Increment(ref _refused);

    public void Resumed() => Interlocked.Increment(ref _resumed);

    public void Broken() => Interlocked.Increment(ref _broken);

    public void Unstored() => Interlocked.Increment(ref _unstored);

    public LayerStatistics Snapshot(int running, long memoryBytes) => new()
    {
        Fetches = Interlocked.Read(ref _fetches),
        Collapsed = Interlocked.Read(ref _collapsed),
        NegativeHits = Interlocked.Read(ref _negativeHits),
        Refused = Interlocked.Read(ref _refused),
        Running = running,
        Resumed = Interlocked.Read(ref _resumed),
        Broken = Interlocked.Read(ref _broken),
        Unstored = Interlocked.Read(ref _unstored),
        MemoryBytes = memoryBytes,
        Upstreams = [.. Upstreams.Select(each => each.Snapshot())],
    };
}
