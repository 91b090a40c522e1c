using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Local.Blobs;
using Fabrik.Cache.Local.Index;

namespace Fabrik.Cache.Local.Commit;

/// <summary>What the committer's commands work on besides the transaction. Only the committer changes it.</summary>
internal sealed class StoreState(LocalStoreOptions options, BlobFiles files, TimeProvider time)
{
    private long _damaged;
    private long _expired;
    private StoreCounters _counters = new();

    /// <summary>The options; hot reload swaps them.</summary>
    public LocalStoreOptions Options { get; set; } = options;

    public BlobFiles Files { get; } = files;

    public required StoreEvictor Evictor { get; init; }

    /// <summary>What new contents are encoded and old ones read with.</summary>
    public required ContentEncoding Encoding { get; set; }

    /// <summary>The names of tools in records.</summary>
    public ToolNames Tools { get; } = new();

    /// <summary>What is read again and again.</summary>
    public HotEntries Hot { get; } = new(options.HotSize);

    /// <summary>Files whose content has been checked since the start.</summary>
    public CheckedFiles Checked { get; } = new();

    /// <summary>The accounting after the last transaction that was written.</summary>
    public StoreCounters Counters
    {
        get => Volatile.Read(ref _counters);
        set => Volatile.Write(ref _counters, value);
    }

    public long Damaged => Volatile.Read(ref _damaged);

    public long Expired => Volatile.Read(ref _expired);

    public long NowMilliseconds => time.GetUtcNow().ToUnixTimeMilliseconds();

    public void CountDamaged() => Interlocked.Increment(ref _damaged);

    public void CountExpired() => Interlocked.Increment(ref _expired);

    /// <summary>Removes an entry for another reason than eviction.</summary>
    public void Remove(StoreTransaction transaction, ArtifactId id, EntryRecord entry)
    {
        transaction.RemoveEntry(id, entry);
        Evictor.Removed(transaction, id);
    }
}
