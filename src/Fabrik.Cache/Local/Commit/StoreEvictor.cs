using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Eviction;
using Fabrik.Cache.Local.Blobs;
using Fabrik.Cache.Local.Index;

namespace Fabrik.Cache.Local.Commit;

/// <summary>
/// Makes room: keeps the policy in step with the index, asks it for victims, and removes them. Only the committer calls
/// it, except for <see cref="NoteRead"/>.
/// </summary>
internal sealed class StoreEvictor(BlobFiles files, LeaseTable leases, TimeProvider time) : IDisposable
{
    /// <summary>Access records written in one batch.</summary>
    private const int MaxFlush = 8192;

    private readonly AccessJournal _journal = new();
    private readonly EvictionEntry[] _changes = new EvictionEntry[MaxFlush];
    private IEvictionPolicy _policy = EvictionPolicies.Create(
        EvictionPolicyKind.Lfu, time.GetUtcNow().ToUnixTimeSeconds());
    private PolicyLoader? _loader;
    private long _evictions;
    private long _evictedBytes;
    private long _limit;

    public long Evictions => Volatile.Read(ref _evictions);

    public long EvictedBytes => Volatile.Read(ref _evictedBytes);

    private long Now => time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Begins with an empty policy, which <see cref="LoadSome"/> fills from the index.</summary>
    public void Start(EvictionPolicyKind kind, long limit, PolicyLoader loader)
    {
        _loader?.Dispose();
        _policy = EvictionPolicies.Create(kind, Now);
        _limit = limit;
        _loader = loader;
    }

    /// <summary>Changes the limit; the next write or <see cref="EvictCommand"/> enforces it.</summary>
    public void SetLimit(long limit) => _limit = limit;

    /// <summary>Notes a read, from any thread.</summary>
    public void NoteRead(ArtifactId id) => _journal.Note(EvictionKey.Of(id));

    /// <summary>Takes some entries of an earlier process into the policy; false when all are in.</summary>
    public bool LoadSome()
    {
        if (_loader is not null && !_loader.LoadSome(_policy))
        {
            _loader.Dispose();
            _loader = null;
        }

        return _loader is not null;
    }

    /// <summary>Tells the policy of reads that were noted.</summary>
    public void DrainReads() => _journal.Drain(_policy, Now);

    /// <summary>An entry is added by this transaction.</summary>
    public void Added(StoreTransaction transaction, ArtifactId id, EntryRecord entry, long cost)
    {
        var added = new EvictionEntry(
            EvictionKey.Of(id), entry.Place.StoredSize + cost, Now, 0, entry.ExpiresAt / 1000);
        transaction.Afterwards(() => _policy.Add(added));
    }

    /// <summary>An entry is removed by this transaction for another reason than eviction.</summary>
    public void Removed(StoreTransaction transaction, ArtifactId id)
    {
        var key = EvictionKey.Of(id);
        transaction.Afterwards(() => _policy.Remove(key));
    }

    /// <summary>Evicts until a number of bytes fit below the limit; false when that is impossible.</summary>
    public bool MakeRoom(StoreTransaction transaction, long bytes)
    {
        if (bytes > _limit)
        {
            return false;
        }

        while (transaction.Counters.StoredBytes + bytes > _limit)
        {
            if (!EvictOne(transaction))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Evicts one entry; false when none may leave.</summary>
    public bool EvictOne(StoreTransaction transaction)
    {
        DrainReads();
        var now = Now;
        while (true)
        {
            if (!_policy.TryChooseVictim(now, key => !leases.IsHeld(key, now), out var victim))
            {
                if (LoadSome())
                {
                    continue;
                }

                return false;
            }

            transaction.OnFailure(() => _policy.Add(victim));
            if (Evict(transaction, victim.Key))
            {
                return true;
            }
        }
    }

    /// <summary>Writes what changed of recency and frequency since the last time.</summary>
    public int FlushAccess(StoreTransaction transaction)
    {
        DrainReads();
        var count = _policy.TakeChanges(_changes);
        transaction.PutAccess(_changes.AsSpan(0, count));
        return count;
    }

    /// <inheritdoc/>
    public void Dispose() => _loader?.Dispose();

    private bool Evict(StoreTransaction transaction, ulong key)
    {
        var evicted = false;
        foreach (var id in transaction.FindIds(key))
        {
            if (transaction.FindEntry(id) is { } entry)
            {
                var freed = transaction.RemoveEntry(id, entry, files);
                evicted = true;
                transaction.Afterwards(() =>
                {
                    Interlocked.Increment(ref _evictions);
                    Interlocked.Add(ref _evictedBytes, freed);
                });
            }
        }

        return evicted;
    }
}
