using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Local.Blobs;
using Fabrik.Cache.Local.Index;

namespace Fabrik.Cache.Local.Commit;

/// <summary>Makes a staged content an entry.</summary>
internal sealed class PutCommand(ArtifactId id, StagedContent content, PutOptions options, BlobFiles files)
    : StoreCommand<PutOutcome>
{
    /// <inheritdoc/>
    public override long Weight => base.Weight + (content.Value?.Length ?? 0);

    /// <inheritdoc/>
    public override void Apply(StoreTransaction transaction, StoreState state)
    {
        MustRetry = false;
        var existing = transaction.FindEntry(id);
        if (!transaction.IsExpected(id, existing, options.Expects))
        {
            Result = StoreFaults.Unexpected();
            Discard();
            return;
        }

        if (existing is not null && KeepWhatIsThere(transaction, state, existing))
        {
            Discard();
            return;
        }

        var before = transaction.Save();
        if (existing is not null)
        {
            state.Remove(transaction, id, existing);
        }

        if (!TryStore(transaction, state))
        {
            // What was there stays, and so does what would be evicted in vain.
            transaction.RollBack(before);

            // What this transaction added cannot be evicted yet: perhaps there is room behind it.
            MustRetry = transaction.HasAdded;
            if (!MustRetry)
            {
                Result = NoRoom(state);
                Discard();
            }
        }
    }

    /// <inheritdoc/>
    public override void Fail(CacheError error)
    {
        base.Fail(error);
        Discard();
    }

    private bool KeepWhatIsThere(StoreTransaction transaction, StoreState state, EntryRecord existing)
    {
        if (!transaction.IsServed(existing))
        {
            return false;
        }

        // A listed entry is as its last writer described it, whatever its bytes were before.
        var isDescribedAnew = options.Overwrite && (existing.IsListed || options.Metadata.Listing.Length > 0);
        if (existing.Place.Digest == content.Place.Digest && !isDescribedAnew)
        {
            Result = PutOutcome.Identical;
            Renew(transaction, state, existing);
            return true;
        }

        Result = PutOutcome.Kept;
        return !options.Overwrite;
    }

    /// <summary>Who writes the same again wants it to live on, but never shorter than was promised before.</summary>
    private void Renew(StoreTransaction transaction, StoreState state, EntryRecord existing)
    {
        var expiresAt = ExpiresAt(state);
        if (existing.Head.ExpiresAt != 0 && (expiresAt == 0 || expiresAt > existing.Head.ExpiresAt))
        {
            var renewed = existing with { Head = existing.Head with { ExpiresAt = expiresAt } };
            transaction.ReplaceEntry(id, existing, renewed);
        }
    }

    /// <summary>Adds the entry; false when there is no room for it.</summary>
    private bool TryStore(StoreTransaction transaction, StoreState state)
    {
        var head = new EntryHead(content.Place, state.NowMilliseconds, ExpiresAt(state));
        var entry = new EntryRecord(head, options.Metadata);
        DropUnreadable(transaction, state);
        if (!TryMakeRoom(transaction, state, entry.Cost))
        {
            return false;
        }

        if (transaction.FindBlob(content.Place.Digest) is { } shared)
        {
            entry = entry with { Head = head with { Place = shared.Place } };
            transaction.SetReferences(shared, shared.References + 1);
            Discard();
        }
        else
        {
            Publish(transaction, state);
        }

        transaction.AddEntry(id, entry);
        state.Evictor.Added(transaction, id, entry);
        Result = PutOutcome.Stored;
        return true;
    }

    private CacheError NoRoom(StoreState state) => CacheError.Internal(
        CacheErrorKind.StorageFull,
        $"no room for {content.Place.StoredSize} bytes: the limit is {state.Options.MaxSize} bytes, and nothing more "
        + "may be evicted");

    /// <summary>The same content under a key that is not at hand: this one takes its place.</summary>
    private void DropUnreadable(StoreTransaction transaction, StoreState state)
    {
        if (transaction.FindBlob(content.Place.Digest) is { } blob
            && !blob.Place.IsReadableWith(state.Encoding.KeyTag))
        {
            transaction.DropBlob(blob);
        }
    }

    /// <summary>Evicts until entry and content fit. That may take the content which it would have shared.</summary>
    private bool TryMakeRoom(StoreTransaction transaction, StoreState state, long cost)
    {
        while (true)
        {
            var isShared = transaction.FindBlob(content.Place.Digest) is not null;
            var bytes = cost + (isShared ? 0 : content.Place.StoredSize);
            if (transaction.Counters.StoredBytes + bytes <= state.Options.MaxSize)
            {
                return true;
            }

            if (bytes > state.Options.MaxSize || !state.Evictor.EvictOne(transaction))
            {
                return false;
            }
        }
    }

    private void Publish(StoreTransaction transaction, StoreState state)
    {
        var place = content.Place;
        if (!place.IsInline)
        {
            files.Publish(place.Number, place.Digest, state.Options.Durability == DurabilityKind.Sync);
            transaction.OnFailure(() => files.Remove(place.Digest, place.Number));
            state.Checked.Add(place.Number);
        }

        transaction.AddBlob(content);
    }

    private long ExpiresAt(StoreState state) =>
        (options.TimeToLive ?? state.Options.DefaultTtl) is { } ttl
            ? state.NowMilliseconds + (long)ttl.TotalMilliseconds
            : 0;

    private void Discard()
    {
        if (!content.Place.IsInline)
        {
            files.Discard(content.Place.Number);
        }
    }
}
