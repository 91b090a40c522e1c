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

    /// <summary>Choices in which all candidates are promised, until a writer is told that there is no room.</summary>
    private const int MaxRefusals = 64;

    private readonly AccessJournal _journal = new();
    private readonly EvictionEntry[] _changes = new EvictionEntry[MaxFlush];
    private IEvictionPolicy _policy = EvictionPolicies.Create(
        EvictionPolicyKind.Lfu, time.GetUtcNow().ToUnixTimeSeconds());
    private PolicyLoader? _loader;
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
        _policy = EvictionPolicies.Create(kind, Now);
        _loader = loader;
    }

    /// <summary>Notes a read, from any thread.</summary>
    public void NoteRead(ArtifactId id) => _journal.Note(EvictionKey.Of(id));

    /// <summary>Takes some entries of an earlier process into the policy; false when all were in already.</summary>
    public bool LoadSome()
    {
        if (_loader is null)
        {
            return false;
        }

        if (!_loader.LoadSome(_policy))
        {
            _loader.Dispose();
            _loader = null;
        }

        return true;
    }

    /// <summary>Tells the policy of reads that were noted.</summary>
    public void DrainReads() => _journal.Drain(_policy, Now);

    /// <summary>An entry is added by this transaction.</summary>
    public void Added(StoreTransaction transaction, ArtifactId id, EntryRecord entry)
    {
        var added = new EvictionEntry(
            EvictionKey.Of(id), entry.Place.StoredSize + entry.Cost, Now, 0, entry.Head.ExpiresAt / 1000);
        transaction.Afterwards(() => _policy.Add(added));
    }

    /// <summary>An entry is removed by this transaction for another reason than eviction.</summary>
    public void Removed(StoreTransaction transaction, ArtifactId id)
    {
        var key = EvictionKey.Of(id);
        transaction.Afterwards(() => _policy.Remove(key));
    }

    /// <summary>Evicts one entry; false when none may leave.</summary>
    public bool EvictOne(StoreTransaction transaction)
    {
        DrainReads();
        var now = Now;
        var refusals = 0;
        while (true)
        {
            if (!_policy.TryChooseVictim(now, key => !leases.IsHeld(key, now), out var victim))
            {
                // The last step of loading brings victims too.
                if (_loader is not null)
                {
                    LoadSome();
                    continue;
                }

                // Each refusal set candidates back behind others, so the next choice sees others.
                if (++refusals < RefusalsOf(_policy))
                {
                    continue;
                }

                return false;
            }

            if (!leases.TryClaim(victim.Key, now))
            {
                _policy.Add(victim);
                continue;
            }

            transaction.OnFailure(() => GiveUp(victim));
            transaction.Afterwards(() => leases.Release(victim.Key));
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

    /// <summary>Choices until every entry, or as many as may be looked at, has been a candidate.</summary>
    private static int RefusalsOf(IEvictionPolicy policy) =>
        Math.Min(MaxRefusals, (policy.Count / EvictionLimits.MaxCandidates) + 1);

    private void GiveUp(EvictionEntry victim)
    {
        _policy.Add(victim);
        leases.Release(victim.Key);
    }

    private bool Evict(StoreTransaction transaction, ulong key)
    {
        var evicted = false;
        foreach (var id in transaction.FindIds(key))
        {
            if (transaction.FindEntry(id) is { } entry)
            {
                var freed = transaction.RemoveEntry(id, entry, files);
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
