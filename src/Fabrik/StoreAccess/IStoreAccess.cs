using Fabrik.Cache;
using Fabrik.Cache.Local;

namespace Fabrik.StoreAccess;

/// <summary>
/// What <c>fabrik cache</c> does to a store. A store belongs to one process: where none holds it, the command opens it
/// (<see cref="OpenStore"/>); else it asks the process that does (<see cref="RemoteStore"/>).
/// </summary>
internal interface IStoreAccess : IAsyncDisposable
{
    /// <summary>What the store holds.</summary>
    ValueTask<CacheResult<StoreStatistics>> StatisticsAsync(CancellationToken cancellationToken);

    /// <summary>Entries in the order of their ids, at most as many as asked for.</summary>
    /// <exception cref="StoreAccessException">The process that holds the store went away.</exception>
    IAsyncEnumerable<StoreEntry> ListAsync(EntryFilter filter, CancellationToken cancellationToken);

    /// <summary>Removes entries.</summary>
    ValueTask<CacheResult<CleanReport>> CleanAsync(CleanRequest request, CancellationToken cancellationToken);

    /// <summary>Checks every content, and drops what is damaged.</summary>
    ValueTask<CacheResult<VerifyReport>> VerifyAsync(
        IProgress<VerifyProgress> progress, CancellationToken cancellationToken);
}

/// <summary>Which entries are listed.</summary>
internal sealed record EntryFilter
{
    /// <summary>Only those of one protocol; empty for all.</summary>
    public string Tool { get; init; } = "";

    /// <summary>How many at most.</summary>
    public int Limit { get; init; } = int.MaxValue;
}

/// <summary>One entry, for people and scripts.</summary>
internal sealed record StoreEntry
{
    /// <summary>The id, in hexadecimal.</summary>
    public required string Id { get; init; }

    /// <summary>The protocol.</summary>
    public required string Tool { get; init; }

    /// <summary>The key as the tool wrote it; may be cut.</summary>
    public required string Key { get; init; }

    /// <summary>Bytes, as the tool sent them.</summary>
    public required long Size { get; init; }

    /// <summary>SHA-256 of the bytes, in hexadecimal.</summary>
    public required string Digest { get; init; }

    /// <summary>When it was stored.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last read; null if that is not known.</summary>
    public DateTimeOffset? LastAccessedAt { get; init; }

    /// <summary>When it stops being served; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>What is removed: everything, unless something is set; what is set holds together.</summary>
internal sealed record CleanRequest
{
    /// <summary>Evict until this many bytes are kept, by the store's own policy; null to remove by the rest.</summary>
    public long? KeepBytes { get; init; }

    /// <summary>Only entries of one protocol; empty for all.</summary>
    public string Tool { get; init; } = "";

    /// <summary>Only entries that were neither stored nor read for so long; null for any age.</summary>
    public TimeSpan? UnusedFor { get; init; }
}

/// <summary>What was removed.</summary>
/// <param name="Entries">Entries.</param>
/// <param name="StoredBytes">Bytes that are kept now.</param>
internal sealed record CleanReport(long Entries, long StoredBytes);

/// <summary>The process that holds a store broke off in the middle of an answer.</summary>
internal sealed class StoreAccessException(string message) : Exception(message);
