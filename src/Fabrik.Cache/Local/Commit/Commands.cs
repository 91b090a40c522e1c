using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Local.Index;

namespace Fabrik.Cache.Local.Commit;

/// <summary>Removes an entry, if it is the expected one.</summary>
internal sealed class DeleteCommand(ArtifactId id, Func<ArtifactInfo?, bool>? expects = null) : StoreCommand<bool>
{
    /// <inheritdoc/>
    public override void Apply(StoreTransaction transaction, StoreState state)
    {
        var entry = transaction.FindEntry(id);
        if (!transaction.IsExpected(id, entry, expects))
        {
            Result = StoreFaults.Unexpected();
            return;
        }

        if (entry is not null)
        {
            state.Remove(transaction, id, entry);
        }

        Result = entry is not null && !entry.Head.IsExpired(state.NowMilliseconds);
    }
}

/// <summary>Drops a content that failed its check, and the entry by which that was found.</summary>
internal sealed class DropDamagedCommand(ArtifactId id, BlobPlace place) : StoreCommand<bool>
{
    /// <inheritdoc/>
    public override void Apply(StoreTransaction transaction, StoreState state)
    {
        Result = false;
        if (transaction.FindBlob(place.Digest) is { } blob && blob.Place == place)
        {
            transaction.DropBlob(blob);
            transaction.Afterwards(state.CountDamaged);
            Result = true;
        }

        if (transaction.FindEntry(id) is { } entry && entry.Place == place)
        {
            state.Remove(transaction, id, entry);
        }
    }
}

/// <summary>Evicts until the store is not larger than a target.</summary>
internal sealed class EvictCommand(long target) : StoreCommand<EvictReport>
{
    /// <summary>Entries that leave in one transaction: others wait behind it.</summary>
    private const int MaxVictims = 1000;

    /// <inheritdoc/>
    public override void Apply(StoreTransaction transaction, StoreState state)
    {
        var (entries, bytes) = (transaction.Counters.Entries, transaction.Counters.StoredBytes);
        for (var i = 0; i < MaxVictims && transaction.Counters.StoredBytes > target; i++)
        {
            if (!state.Evictor.EvictOne(transaction))
            {
                break;
            }
        }

        var after = transaction.Counters;
        Result = new EvictReport(entries - after.Entries, bytes - after.StoredBytes, after.StoredBytes);
    }
}

/// <summary>Removes what has expired, a bounded number of entries.</summary>
internal sealed class ExpireCommand : StoreCommand<int>
{
    /// <summary>Entries that leave in one transaction: others wait behind it.</summary>
    public const int MaxEntries = 1000;

    /// <inheritdoc/>
    public override void Apply(StoreTransaction transaction, StoreState state)
    {
        var now = state.NowMilliseconds;
        var expired = transaction.FindExpired(now, MaxEntries);
        foreach (var (id, expiresAt) in expired)
        {
            if (transaction.FindEntry(id) is { } entry && entry.Head.ExpiresAt == expiresAt)
            {
                state.Remove(transaction, id, entry);
                transaction.Afterwards(state.CountExpired);
            }
            else
            {
                transaction.RemoveExpiry(id, expiresAt);
            }
        }

        Result = expired.Count;
    }
}

/// <summary>Persists recency and frequency of what was read.</summary>
internal sealed class FlushAccessCommand : StoreCommand<int>
{
    /// <inheritdoc/>
    public override void Apply(StoreTransaction transaction, StoreState state) =>
        Result = state.Evictor.FlushAccess(transaction);
}

/// <summary>Removes a bounded number of entries behind an id; answers the last, or null when that was all.</summary>
internal sealed class ClearCommand(ArtifactId? after) : StoreCommand<ArtifactId?>
{
    /// <summary>Entries that leave in one transaction: others wait behind it.</summary>
    public const int MaxEntries = 1000;

    /// <summary>As much as so many deletions.</summary>
    public override long Weight => MaxEntries * base.Weight;

    /// <inheritdoc/>
    public override void Apply(StoreTransaction transaction, StoreState state)
    {
        var ids = transaction.FindIdsBehind(after, MaxEntries);
        foreach (var id in ids)
        {
            if (transaction.FindEntry(id) is { } entry)
            {
                state.Remove(transaction, id, entry);
            }
        }

        Result = ids.Count == MaxEntries ? ids[^1] : default(ArtifactId?);
    }
}

/// <summary>Something that must not meet a transaction, such as opening the index anew. It makes none itself.</summary>
internal sealed class ExclusiveCommand(Func<bool> action) : StoreCommand<bool>
{
    /// <inheritdoc/>
    public override void Apply(StoreTransaction transaction, StoreState state) =>
        throw new InvalidOperationException("an exclusive command has no transaction");

    /// <summary>Does it.</summary>
    public void Run()
    {
        Result = action();
        Succeed();
    }
}
