using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Local.Blobs;
using Fabrik.Cache.Local.Index;

namespace Fabrik.Cache.Local.Commit;

/// <summary>Makes a staged content an entry.</summary>
internal sealed class PutCommand(ArtifactId id, StagedContent content, PutOptions options) : StoreCommand<PutOutcome>
{
    /// <inheritdoc/>
    public override long Weight => base.Weight + (content.Value?.Length ?? 0);

    /// <inheritdoc/>
    public override void Apply(StoreTransaction transaction, StoreState state)
    {
        var now = state.NowMilliseconds;
        var isUsed = false;
        if (transaction.FindEntry(id) is { } existing)
        {
            if (existing.IsExpired(now) || transaction.FindBlob(existing.Place.Digest) is null)
            {
                state.Remove(transaction, id, existing);
            }
            else if (existing.Place.Digest == content.Place.Digest)
            {
                Result = PutOutcome.Identical;
            }
            else if (!options.Overwrite)
            {
                Result = PutOutcome.Kept;
            }
            else
            {
                state.Remove(transaction, id, existing);
                isUsed = Store(transaction, state);
            }
        }

        if (transaction.FindEntry(id) is null)
        {
            isUsed = Store(transaction, state);
        }

        if (!isUsed)
        {
            Discard(state.Files);
        }
    }

    private bool Store(StoreTransaction transaction, StoreState state)
    {
        var ttl = options.TimeToLive ?? state.Options.DefaultTtl;
        var now = state.NowMilliseconds;
        var expires = ttl is null ? 0 : now + (long)ttl.Value.TotalMilliseconds;
        var draft = new EntryRecord(content.Place, now, expires, options.Metadata);
        var cost = EntryRecord.Cost(draft.ToBytes());
        if (!state.Evictor.MakeRoom(transaction, cost + content.Place.StoredSize))
        {
            Result = CacheError.Internal(
                CacheErrorKind.StorageFull,
                $"no room for {content.Place.StoredSize} bytes below the limit of {state.Options.MaxSize}");
            return false;
        }

        var isUsed = false;
        var place = content.Place;
        if (transaction.FindBlob(place.Digest) is { } blob)
        {
            place = blob.Place;
            transaction.SetReferences(blob, blob.References + 1);
        }
        else
        {
            isUsed = true;
            Publish(transaction, state);
        }

        transaction.AddEntry(id, draft with { Place = place });
        state.Evictor.Added(transaction, id, draft, cost);
        Result = PutOutcome.Stored;
        return isUsed;
    }

    private void Publish(StoreTransaction transaction, StoreState state)
    {
        var place = content.Place;
        if (!place.IsInline)
        {
            state.Files.Publish(place.File, place.Digest, state.Options.Durability == DurabilityKind.Sync);
            transaction.OnFailure(() => state.Files.Remove(place.Digest, place.File));
        }

        transaction.AddBlob(content);
        state.Checked.Add(place.File);
    }

    private void Discard(BlobFiles files)
    {
        if (!content.Place.IsInline)
        {
            files.Discard(content.Place.File);
        }
    }
}
