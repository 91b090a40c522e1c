using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Eviction;
using Fabrik.Cache.Local.Index;

namespace Fabrik.Cache.Local.Commit;

/// <summary>
/// Makes room: keeps the policy in step with the index, asks it for victims, and removes them. Only the committer
/// changes what is in it; reads are noted, and asked for, from any thread. The policy has a lock, which is held for no
/// longer than some thousand of its steps, and under which nothing is read from disk.
/// </summary>
internal sealed class StoreEvictor(LeaseTable leases, TimeProvider time)
    : IDisposable, IThreadPoolWorkItem
{
    /// <summary>Access records written in one batch.</summary>
    public const int MaxFlush = 8192;

    /// <summary>Choices in which all candidates are promised, until a writer is told that there is no room.</summary>
    private const int MaxRefusals = 64;

    private readonly Lock _lock = new();
    private readonly AccessJournal _journal = new();
    private readonly EvictionEntry[] _changes = new EvictionEntry[MaxFlush];
    private IEvictionPolicy _policy = EvictionPolicies.Create(
        EvictionPolicyKind.Lfu, time.GetUtcNow().ToUnixTimeSeconds());
    private PolicyLoader? _loader;
    private int _isDrainQueued;
    private long _evictions;
    private long _evictedBytes;
    private long _leaseViolations;

    public long Evictions => Volatile.Read(ref _evictions);

    public long EvictedBytes => Volatile.Read(ref _evictedBytes);

    /// <summary>Entries that were evicted although promised; 0, unless there is a bug.</summary>
    public long LeaseViolations => Volatile.Read(ref _leaseViolations);

    private long Now => time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Begins with an empty policy, which <see cref="LoadSome"/> fills from the index.</summary>
    public void Start(EvictionPolicyKind kind, PolicyLoader loader)
    {
        _loader?.Dispose();
        _loader = loader;
        lock (_lock)
        {
            _policy = EvictionPolicies.Create(kind, Now);
        }
    }

    /// <summary>Notes a read, from any thread.</summary>
    public void NoteRead(ArtifactId id)
    {
        if (_journal.Note(EvictionKey.Of(id)) && Interlocked.Exchange(ref _isDrainQueued, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>When and how often an entry was used, as far as memory knows; from any thread.</summary>
    public AccessRecord? FindAccess(ArtifactId id)
    {
        lock (_lock)
        {
            return _policy.TryGet(EvictionKey.Of(id), out var known)
                ? new AccessRecord(EvictionTime.Compact(known.LastAccess), (byte)known.Frequency)
                : null;
        }
    }

    /// <summary>Empties the journal because a reader found it half full.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        Volatile.Write(ref _isDrainQueued, 0);
        DrainReads();
    }

    /// <summary>Takes some entries of an earlier process into the policy; false when all were in already.</summary>
    public bool LoadSome()
    {
        if (_loader is null)
        {
            return false;
        }

        var entries = _loader.ReadSome();
        lock (_lock)
        {
            foreach (ref readonly var entry in entries)
            {
                // What is there already has been written or read since.
                if (!_policy.TryGet(entry.Key, out _))
                {
                    _policy.Add(entry);
                }
            }
        }

        if (_loader.IsDone)
        {
            Dispose();
        }

        return true;
    }

    /// <summary>Tells the policy of reads that were noted; from any thread.</summary>
    public void DrainReads()
    {
        lock (_lock)
        {
            _journal.Drain(_policy, Now);
        }
    }

    /// <summary>An entry is added by this transaction.</summary>
    public void Added(StoreTransaction transaction, ArtifactId id, EntryRecord entry)
    {
        var head = entry.Head;
        var added = new EvictionEntry(
            EvictionKey.Of(id), entry.Place.StoredSize + entry.Cost, head.CreatedAt / 1000, 0, head.ExpiresAt / 1000);
        transaction.Afterwards(() => Add(added));
    }

    /// <summary>An entry is removed by this transaction for another reason than eviction.</summary>
    public void Removed(StoreTransaction transaction, ArtifactId id)
    {
        var key = EvictionKey.Of(id);
        transaction.Afterwards(() => Forget(key));
    }

    /// <summary>Evicts one entry; false when none may leave.</summary>
    public bool EvictOne(StoreTransaction transaction)
    {
        DrainReads();
        var now = Now;
        var refusals = 0;
        while (true)
        {
            if (!TryChooseVictim(now, out var victim))
            {
                // The last step of loading brings victims too.
                if (_loader is not null)
                {
                    LoadSome();
                    continue;
                }

                // Each refusal set candidates back behind others, so the next choice sees others.
                if (++refusals < MaxChoices())
                {
                    continue;
                }

                return false;
            }

            if (!leases.TryClaim(victim.Key, now))
            {
                Add(victim);
                continue;
            }

            transaction.OnFailure(() => GiveUp(victim));
            var evicted = Evict(transaction, victim.Key);
            transaction.Afterwards(() => leases.Release(victim.Key));
            if (evicted)
            {
                return true;
            }
        }
    }

    /// <summary>Writes what changed of recency and frequency since the last time.</summary>
    public int FlushAccess(StoreTransaction transaction)
    {
        int count;
        lock (_lock)
        {
            _journal.Drain(_policy, Now);
            count = _policy.TakeChanges(_changes);
        }

        transaction.PutAccess(_changes.AsSpan(0, count));
        return count;
    }

    /// <summary>Lets go of the index. What was not loaded yet is unknown until the next start.</summary>
    public void Dispose()
    {
        _loader?.Dispose();
        _loader = null;
    }

    /// <summary>Choices until every entry, or as many as may be looked at, has been a candidate.</summary>
    private int MaxChoices()
    {
        lock (_lock)
        {
            return Math.Min(MaxRefusals, (_policy.Count / EvictionLimits.MaxCandidates) + 1);
        }
    }

    private bool TryChooseVictim(long now, out EvictionEntry victim)
    {
        lock (_lock)
        {
            return _policy.TryChooseVictim(now, key => !leases.IsHeld(key, now), out victim);
        }
    }

    private void Add(in EvictionEntry entry)
    {
        lock (_lock)
        {
            _policy.Add(entry);
        }
    }

    private void Forget(ulong key)
    {
        lock (_lock)
        {
            _policy.Remove(key);
        }
    }

    private void GiveUp(EvictionEntry victim)
    {
        Add(victim);
        leases.Release(victim.Key);
    }

    private bool Evict(StoreTransaction transaction, ulong key)
    {
        var evicted = false;
        foreach (var id in transaction.FindIds(key))
        {
            if (transaction.FindEntry(id) is { } entry)
            {
                var freed = transaction.RemoveEntry(id, entry);
                evicted = true;
                transaction.Afterwards(() => Count(key, freed));
            }
        }

        return evicted;
    }

    private void Count(ulong key, long freed)
    {
        Interlocked.Increment(ref _evictions);
        Interlocked.Add(ref _evictedBytes, freed);
        if (leases.IsHeld(key, Now))
        {
            Interlocked.Increment(ref _leaseViolations);
        }
    }
}
