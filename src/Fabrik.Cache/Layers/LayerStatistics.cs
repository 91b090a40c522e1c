namespace Fabrik.Cache.Layers;

/// <summary>What reading through layers has done since the start; a snapshot.</summary>
public sealed record LayerStatistics
{
    /// <summary>Times that upstreams were asked for an artifact's bytes; a waiting crowd counts once.</summary>
    public required long Fetches { get; init; }

    /// <summary>Requests that waited for the fetch of another one.</summary>
    public required long Collapsed { get; init; }

    /// <summary>Requests that were answered by the memory of an earlier miss, or of a deletion.</summary>
    public required long NegativeHits { get; init; }

    /// <summary>Requests that were answered with a miss because too many fetches were under way.</summary>
    public required long Refused { get; init; }

    /// <summary>Fetches under way.</summary>
    public required int Running { get; init; }

    /// <summary>Transfers that broke and were taken up again at their offset; each time counts.</summary>
    public required long Resumed { get; init; }

    /// <summary>Transfers that broke for good, so that nothing was stored.</summary>
    public required long Broken { get; init; }

    /// <summary>Artifacts that were served but that the local tier did not take.</summary>
    public required long Unstored { get; init; }

    /// <summary>Bytes that windows hold in memory now.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>What each upstream answered, in their order.</summary>
    public required IReadOnlyList<LayerUpstreamStatistics> Upstreams { get; init; }
}

/// <summary>What one upstream answered to reads since the start.</summary>
/// <param name="Name">Its label.</param>
public sealed record LayerUpstreamStatistics(string Name)
{
    /// <summary>Artifacts it had, of those asked for one by one.</summary>
    public required long Hits { get; init; }

    /// <summary>Artifacts it did not have.</summary>
    public required long Misses { get; init; }

    /// <summary>Requests it answered with an error, and transfers it broke off.</summary>
    public required long Failures { get; init; }

    /// <summary>Artifacts whose bytes were not those it had promised.</summary>
    public required long IntegrityFailures { get; init; }

    /// <summary>Artifacts it had, but that would have taken longer to come than to build anew.</summary>
    public required long TooSlow { get; init; }

    /// <summary>Bytes that came from it.</summary>
    public required long Bytes { get; init; }
}
