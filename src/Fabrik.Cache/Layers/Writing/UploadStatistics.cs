namespace Fabrik.Cache.Layers.Writing;

/// <summary>What an upstream's queue holds now, and what became of its orders since the process started.</summary>
public sealed record UploadStatistics
{
    /// <summary>The upstream's name.</summary>
    public required string Upstream { get; init; }

    /// <summary>Orders that wait or are being carried out.</summary>
    public required long Depth { get; init; }

    /// <summary>Bytes of their artifacts, as far as known.</summary>
    public required long WaitingBytes { get; init; }

    /// <summary>How long the oldest of them has waited; zero when there is none.</summary>
    public required TimeSpan OldestAge { get; init; }

    /// <summary>Whether the upstream failed, so that it is left alone but for a try now and then.</summary>
    public required bool IsPaused { get; init; }

    /// <summary>Artifacts that were stored there.</summary>
    public required long Uploaded { get; init; }

    /// <summary>Their bytes.</summary>
    public required long UploadedBytes { get; init; }

    /// <summary>Deletions that were carried out.</summary>
    public required long Deleted { get; init; }

    /// <summary>Artifacts that were there already.</summary>
    public required long AlreadyThere { get; init; }

    /// <summary>Artifacts in whose place the upstream keeps another.</summary>
    public required long Kept { get; init; }

    /// <summary>Artifacts that were evicted, expired or deleted here before they were uploaded.</summary>
    public required long Lost { get; init; }

    /// <summary>Tries that failed and are repeated.</summary>
    public required long FailedTries { get; init; }

    /// <summary>
    /// Orders that were given up, by reason: <c>full</c>, <c>age</c>, <c>refused</c>, <c>damaged</c>, <c>disk</c>.
    /// </summary>
    public required IReadOnlyList<KeyValuePair<string, long>> Dropped { get; init; }
}

/// <summary>Orders for an upstream that the configuration does not have any more, as the start found them.</summary>
/// <param name="Upstream">Its name.</param>
/// <param name="Orders">How many wait.</param>
/// <param name="Until">When they are dropped, unless the upstream is configured again.</param>
public sealed record OrphanedUploads(string Upstream, long Orders, DateTimeOffset Until);
