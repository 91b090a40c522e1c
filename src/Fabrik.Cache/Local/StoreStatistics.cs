namespace Fabrik.Cache.Local;

/// <summary>What a store holds and has done; a snapshot.</summary>
public sealed record StoreStatistics
{
    /// <summary>Entries.</summary>
    public required long Entries { get; init; }

    /// <summary>Different contents among them.</summary>
    public required long Blobs { get; init; }

    /// <summary>The sum of the entries' sizes, as tools sent them.</summary>
    public required long LogicalBytes { get; init; }

    /// <summary>Bytes kept: each content once, as it lies on disk, and the records.</summary>
    public required long StoredBytes { get; init; }

    /// <summary>The limit on <see cref="StoredBytes"/>.</summary>
    public required long MaxBytes { get; init; }

    /// <summary>Entries evicted since the start.</summary>
    public required long Evictions { get; init; }

    /// <summary>Bytes that evictions freed since the start.</summary>
    public required long EvictedBytes { get; init; }

    /// <summary>Entries that were dropped because they expired, since the start.</summary>
    public required long Expirations { get; init; }

    /// <summary>Blobs that failed their check and were dropped, since the start.</summary>
    public required long DamagedBlobs { get; init; }

    /// <summary>Promised entries that were evicted in spite of it, since the start; must be 0.</summary>
    public required long LeaseViolations { get; init; }

    /// <summary>Entries and bytes by the protocol that stored them.</summary>
    public required IReadOnlyDictionary<string, ToolUsage> ByTool { get; init; }

    /// <summary>Whether writes are taken.</summary>
    public required WriteState WriteState { get; init; }

    /// <summary>Why not, or empty.</summary>
    public required string WriteStateReason { get; init; }
}

/// <summary>What one protocol keeps in the store.</summary>
/// <param name="Entries">Entries.</param>
/// <param name="Bytes">The sum of their sizes, as the tool sent them.</param>
public readonly record struct ToolUsage(long Entries, long Bytes);

/// <summary>Whether a store takes writes.</summary>
public enum WriteState
{
    /// <summary>It does.</summary>
    Ok,

    /// <summary>The disk is full.</summary>
    Full,

    /// <summary>The disk is read-only, or the process lacks the right.</summary>
    ReadOnly,

    /// <summary>The disk fails otherwise.</summary>
    Failing,
}

/// <summary>What a verification found.</summary>
/// <param name="Entries">Entries checked.</param>
/// <param name="Bytes">Bytes read.</param>
/// <param name="Damaged">Blobs that were damaged or gone, and have been dropped.</param>
/// <param name="Orphans">Files that no record named, and have been removed.</param>
public sealed record VerifyReport(long Entries, long Bytes, long Damaged, long Orphans)
{
    /// <summary>Listed entries without their row, and rows without their entry, that were put right.</summary>
    public long Listings { get; init; }
}

/// <summary>How far a verification is.</summary>
/// <param name="Entries">Entries checked so far.</param>
/// <param name="Total">Entries there are.</param>
/// <param name="Bytes">Bytes read so far.</param>
public readonly record struct VerifyProgress(long Entries, long Total, long Bytes);

/// <summary>What an eviction on demand did.</summary>
/// <param name="Entries">Entries that left.</param>
/// <param name="Bytes">Bytes that they freed.</param>
/// <param name="StoredBytes">Bytes that are kept now.</param>
public readonly record struct EvictReport(long Entries, long Bytes, long StoredBytes);
