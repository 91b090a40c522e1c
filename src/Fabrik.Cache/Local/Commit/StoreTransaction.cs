using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Eviction;
using Fabrik.Cache.Local.Blobs;
using Fabrik.Cache.Local.Index;
using Fabrik.Cache.Native.RocksDb;

namespace Fabrik.Cache.Local.Commit;

/// <summary>
/// The changes of one group of writers: records, accounting, and what follows once they are written. Only the committer
/// has one, so every decision in it (is it there, how many point at it, is there room) is made without locks.
/// </summary>
internal sealed class StoreTransaction(RocksDatabase db, RocksBatch batch, StoreState state)
{
    private readonly List<Action> _afterwards = [];
    private readonly List<Action> _onFailure = [];

    /// <summary>The rows of listings, as they will be.</summary>
    public ListingRows Listings { get; } = new(db, batch);

    /// <summary>The accounting, as it will be.</summary>
    public StoreCounters Counters { get; private set; } = state.Counters.Copy();

    /// <summary>Whether anything changed.</summary>
    public bool HasChanges => batch.Count > 0;

    /// <summary>Whether entries were added, which cannot be evicted before this is written.</summary>
    public bool HasAdded { get; private set; }

    /// <summary>Marks what is in it now, for <see cref="RollBack"/>.</summary>
    public SavePoint Save()
    {
        batch.SetSavePoint();
        return new SavePoint(Counters.Copy(), _afterwards.Count, _onFailure.Count, HasAdded);
    }

    /// <summary>Gives up what was done since the last mark was made, as if it had never been.</summary>
    public void RollBack(in SavePoint point)
    {
        batch.RollBack();
        Counters = point.Counters;
        HasAdded = point.HasAdded;
        _afterwards.RemoveRange(point.Afterwards, _afterwards.Count - point.Afterwards);
        _onFailure[point.OnFailure..].ForEach(action => action());
        _onFailure.RemoveRange(point.OnFailure, _onFailure.Count - point.OnFailure);
    }

    /// <summary>Runs once the changes are written: what must not happen when they are not.</summary>
    public void Afterwards(Action action) => _afterwards.Add(action);

    /// <summary>Runs when the changes could not be written.</summary>
    public void OnFailure(Action action) => _onFailure.Add(action);

    public EntryRecord? FindEntry(ArtifactId id) =>
        db.Get(batch, StoreFamilies.Entries, id.Bytes) is { } bytes ? EntryRecord.Read(bytes, state.Tools) : null;

    /// <summary>Whether readers get an entry: it has not expired, and its content is there and can be read.</summary>
    public bool IsServed(EntryRecord entry) =>
        !entry.Head.IsExpired(state.NowMilliseconds)
        && FindBlob(entry.Place.Digest) is { } blob
        && blob.Place == entry.Place
        && blob.Place.IsReadableWith(state.Encoding.KeyTag);

    /// <summary>Whether what readers see under an id is expected: <see cref="PutOptions.Expects"/>.</summary>
    public bool IsExpected(ArtifactId id, EntryRecord? entry, Func<ArtifactInfo?, bool>? expects) =>
        expects is null
        || expects(entry is not null && IsServed(entry) ? entry.Head.ToInfo(id, entry.Metadata) : null);

    /// <summary>An entry that belongs to a row of a listing.</summary>
    public EntryRecord? FindListed(ArtifactId id, ReadOnlySpan<byte> row) =>
        FindEntry(id) is { IsListed: true } entry && row.SequenceEqual(ListingKey.Of(entry.Metadata)) ? entry : null;

    public BlobRecord? FindBlob(ContentDigest digest) =>
        db.Get(batch, StoreFamilies.Blobs, digest.Bytes) is { } bytes ? BlobRecord.Read(bytes) : null;

    /// <summary>The entries whose id starts with an eviction key: one, or very rarely more.</summary>
    public List<ArtifactId> FindIds(ulong key)
    {
        var prefix = new byte[EvictionKey.Length];
        EvictionKey.WritePrefix(key, prefix);
        var ids = new List<ArtifactId>(1);
        using var iterator = db.Iterate(StoreFamilies.Entries);
        for (var found = iterator.Seek(prefix); found && iterator.Key.StartsWith(prefix); found = iterator.Next())
        {
            ids.Add(new ArtifactId(iterator.Key));
        }

        return ids;
    }

    /// <summary>
    /// The first ids behind another, a bounded number of them, as they were before this transaction.
    /// </summary>
    public List<ArtifactId> FindIdsBehind(ArtifactId? after, int limit)
    {
        var ids = new List<ArtifactId>();
        using var iterator = db.Iterate(StoreFamilies.Entries);
        var found = after is { } start ? iterator.Seek(start.Bytes) : iterator.First();
        for (; found && ids.Count < limit; found = iterator.Next())
        {
            var id = new ArtifactId(iterator.Key);
            if (id != after)
            {
                ids.Add(id);
            }
        }

        return ids;
    }

    /// <summary>Adds an entry, whose id must be free, and a reference to its content.</summary>
    public void AddEntry(ArtifactId id, EntryRecord entry)
    {
        Write(id, entry);
        HasAdded = true;
    }

    /// <summary>Writes an entry anew that points at the same content.</summary>
    public void ReplaceEntry(ArtifactId id, EntryRecord before, EntryRecord after)
    {
        Forget(id, before);
        Write(id, after);
    }

    /// <summary>Removes an entry; with the last that points at it, the content goes too.</summary>
    /// <returns>The bytes that this frees.</returns>
    public long RemoveEntry(ArtifactId id, EntryRecord entry)
    {
        var before = Counters.StoredBytes;
        batch.Delete(db.Family(StoreFamilies.Access), id.Bytes[..EvictionKey.Length]);
        Forget(id, entry);
        ReleaseBlob(entry.Place);
        return before - Counters.StoredBytes;
    }

    /// <summary>Adds a content that is not there yet, with one reference.</summary>
    public void AddBlob(StagedContent content)
    {
        var digest = content.Place.Digest;
        batch.Put(db.Family(StoreFamilies.Blobs), digest.Bytes, new BlobRecord(content.Place, 1).ToBytes());
        if (content.Value is not null)
        {
            Span<byte> key = stackalloc byte[ValueKey.Length];
            ValueKey.Write(key, content.Place);
            batch.Put(db.Family(StoreFamilies.Values), key, content.Value);
        }

        Counters.Count(content.Place, 1);
    }

    public void SetReferences(BlobRecord blob, uint references) => batch.Put(
        db.Family(StoreFamilies.Blobs), blob.Place.Digest.Bytes, (blob with { References = references }).ToBytes());

    /// <summary>Forgets a content whatever points at it: those entries are misses from now on.</summary>
    public void DropBlob(BlobRecord blob)
    {
        var place = blob.Place;
        batch.Delete(db.Family(StoreFamilies.Blobs), place.Digest.Bytes);
        if (place.IsInline)
        {
            Span<byte> key = stackalloc byte[ValueKey.Length];
            ValueKey.Write(key, place);
            batch.Delete(db.Family(StoreFamilies.Values), key);
        }
        else
        {
            Afterwards(() => state.Files.Remove(place.Digest, place.Number));
        }

        Counters.Count(place, -1);
    }

    /// <summary>Persists what is known of accesses.</summary>
    public void PutAccess(ReadOnlySpan<EvictionEntry> entries)
    {
        Span<byte> key = stackalloc byte[EvictionKey.Length];
        Span<byte> value = stackalloc byte[AccessRecord.Length];
        foreach (var entry in entries)
        {
            EvictionKey.WritePrefix(entry.Key, key);
            new AccessRecord(EvictionTime.Compact(entry.LastAccess), (byte)entry.Frequency).Write(value);
            batch.Put(db.Family(StoreFamilies.Access), key, value);
        }
    }

    /// <summary>The first entries that expired by a moment (Unix milliseconds), a bounded number of them.</summary>
    public List<(ArtifactId Id, long ExpiresAt)> FindExpired(long now, int limit)
    {
        var expired = new List<(ArtifactId, long)>();
        using var iterator = db.Iterate(StoreFamilies.Expiry);
        for (var found = iterator.First(); found && expired.Count < limit; found = iterator.Next())
        {
            var next = ExpiryKey.Read(iterator.Key);
            if (next.ExpiresAt > now)
            {
                break;
            }

            expired.Add(next);
        }

        return expired;
    }

    public void RemoveExpiry(ArtifactId id, long expiresAt)
    {
        Span<byte> key = stackalloc byte[ExpiryKey.Length];
        ExpiryKey.Write(key, id, expiresAt);
        batch.Delete(db.Family(StoreFamilies.Expiry), key);
    }

    /// <summary>Writes all of it, with the accounting.</summary>
    public void Commit()
    {
        StoreDatabase.PutCounters(db, batch, Counters);
        db.Write(batch);
        _afterwards.ForEach(action => action());
    }

    /// <summary>Gives it up.</summary>
    public void Abandon() => _onFailure.ForEach(action => action());

    /// <summary>What a transaction was at a moment.</summary>
    internal readonly record struct SavePoint(StoreCounters Counters, int Afterwards, int OnFailure, bool HasAdded);

    private void Write(ArtifactId id, EntryRecord entry)
    {
        batch.Put(db.Family(StoreFamilies.Entries), id.Bytes, entry.ToBytes());
        if (entry.Head.ExpiresAt != 0)
        {
            Span<byte> key = stackalloc byte[ExpiryKey.Length];
            ExpiryKey.Write(key, id, entry.Head.ExpiresAt);
            batch.Put(db.Family(StoreFamilies.Expiry), key, []);
        }

        if (entry.IsListed)
        {
            TakeRow(id, entry.Metadata);
        }

        Counters.Count(entry, 1);
    }

    /// <summary>A row has one entry: an earlier one is not listed from now on.</summary>
    private void TakeRow(ArtifactId id, ArtifactMetadata metadata)
    {
        var row = ListingKey.Of(metadata);
        if (Listings.Find(row) is { } other && other != id && FindListed(other, row) is { } earlier)
        {
            ReplaceEntry(other, earlier, earlier with { Metadata = earlier.Metadata.Unlisted() });
        }

        Listings.Put(row, id);
    }

    private void Forget(ArtifactId id, EntryRecord entry)
    {
        batch.Delete(db.Family(StoreFamilies.Entries), id.Bytes);
        Afterwards(() => state.Hot.Remove(id));
        if (entry.Head.ExpiresAt != 0)
        {
            RemoveExpiry(id, entry.Head.ExpiresAt);
        }

        if (entry.IsListed)
        {
            Listings.Delete(entry.Metadata, id);
        }

        Counters.Count(entry, -1);
    }

    private void ReleaseBlob(BlobPlace place)
    {
        // Another place: the entry's own content was dropped as damaged, and the same has been stored anew since.
        if (FindBlob(place.Digest) is not { } blob || blob.Place != place)
        {
            return;
        }

        if (blob.References > 1)
        {
            SetReferences(blob, blob.References - 1);
        }
        else
        {
            DropBlob(blob);
        }
    }
}
