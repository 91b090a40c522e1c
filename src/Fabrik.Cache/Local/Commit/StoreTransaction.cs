using System.Buffers.Binary;
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
internal sealed class StoreTransaction(RocksDatabase db, RocksBatch batch, StoreCounters counters)
{
    private readonly List<Action> _afterwards = [];
    private readonly List<Action> _onFailure = [];

    /// <summary>The accounting, as it will be.</summary>
    public StoreCounters Counters { get; private set; } = counters;

    /// <summary>Whether anything changed.</summary>
    public bool HasChanges => batch.Count > 0;

    /// <summary>Runs once the changes are written: what must not happen when they are not.</summary>
    public void Afterwards(Action action) => _afterwards.Add(action);

    /// <summary>Runs when the changes could not be written.</summary>
    public void OnFailure(Action action) => _onFailure.Add(action);

    public EntryRecord? FindEntry(ArtifactId id) =>
        db.Get(batch, StoreFamilies.Entries, id.Bytes) is { } bytes ? EntryRecord.Read(bytes) : null;

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

    /// <summary>Adds an entry, whose id must be free, and a reference to its content.</summary>
    public void AddEntry(ArtifactId id, EntryRecord entry)
    {
        var record = entry.ToBytes();
        batch.Put(db.Family(StoreFamilies.Entries), id.Bytes, record);
        if (entry.ExpiresAt != 0)
        {
            batch.Put(db.Family(StoreFamilies.Expiry), ExpiryKey(id, entry.ExpiresAt), []);
        }

        Counters = Counters.WithEntry(entry, EntryRecord.Cost(record), 1);
    }

    /// <summary>Removes an entry; with the last that points at it, the content goes too.</summary>
    /// <returns>The bytes that this frees.</returns>
    public long RemoveEntry(ArtifactId id, EntryRecord entry, BlobFiles files)
    {
        var before = Counters.StoredBytes;
        batch.Delete(db.Family(StoreFamilies.Entries), id.Bytes);
        if (entry.ExpiresAt != 0)
        {
            batch.Delete(db.Family(StoreFamilies.Expiry), ExpiryKey(id, entry.ExpiresAt));
        }

        Counters = Counters.WithEntry(entry, EntryRecord.Cost(entry.ToBytes()), -1);
        ReleaseBlob(entry.Place.Digest, files);
        return before - Counters.StoredBytes;
    }

    /// <summary>Adds a content that is not there yet, with one reference.</summary>
    public void AddBlob(StagedContent content)
    {
        var digest = content.Place.Digest;
        batch.Put(db.Family(StoreFamilies.Blobs), digest.Bytes, new BlobRecord(content.Place, 1).ToBytes());
        if (content.Value is not null)
        {
            batch.Put(db.Family(StoreFamilies.Values), digest.Bytes, content.Value);
        }

        Counters = Counters.WithBlob(content.Place, 1);
    }

    public void SetReferences(BlobRecord blob, uint references) => batch.Put(
        db.Family(StoreFamilies.Blobs), blob.Place.Digest.Bytes, (blob with { References = references }).ToBytes());

    /// <summary>Forgets a content whatever points at it: those entries are misses from now on.</summary>
    public void DropBlob(BlobRecord blob, BlobFiles files)
    {
        var place = blob.Place;
        batch.Delete(db.Family(StoreFamilies.Blobs), place.Digest.Bytes);
        if (place.IsInline)
        {
            batch.Delete(db.Family(StoreFamilies.Values), place.Digest.Bytes);
        }
        else
        {
            Afterwards(() => files.Remove(place.Digest, place.File));
        }

        Counters = Counters.WithBlob(place, -1);
    }

    /// <summary>Persists what is known of accesses.</summary>
    public void PutAccess(ReadOnlySpan<EvictionEntry> entries)
    {
        Span<byte> key = stackalloc byte[EvictionKey.Length];
        Span<byte> value = stackalloc byte[5];
        foreach (var entry in entries)
        {
            EvictionKey.WritePrefix(entry.Key, key);
            BinaryPrimitives.WriteUInt32LittleEndian(value, EvictionTime.Compact(entry.LastAccess));
            value[4] = (byte)entry.Frequency;
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
            var expiry = BinaryPrimitives.ReadInt64BigEndian(iterator.Key);
            if (expiry > now)
            {
                break;
            }

            expired.Add((new ArtifactId(iterator.Key[8..]), expiry));
        }

        return expired;
    }

    public void RemoveExpiry(ArtifactId id, long expiresAt) =>
        batch.Delete(db.Family(StoreFamilies.Expiry), ExpiryKey(id, expiresAt));

    /// <summary>Writes all of it, with the accounting.</summary>
    public void Commit()
    {
        StoreDatabase.PutCounters(db, batch, Counters);
        db.Write(batch);
        _afterwards.ForEach(action => action());
    }

    /// <summary>Gives it up.</summary>
    public void Abandon() => _onFailure.ForEach(action => action());

    private void ReleaseBlob(ContentDigest digest, BlobFiles files)
    {
        if (FindBlob(digest) is not { } blob)
        {
            // It was damaged and has been dropped before its entries.
            return;
        }

        if (blob.References > 1)
        {
            SetReferences(blob, blob.References - 1);
        }
        else
        {
            DropBlob(blob, files);
        }
    }

    private static byte[] ExpiryKey(ArtifactId id, long expiresAt)
    {
        var key = new byte[8 + ArtifactId.Length];
        BinaryPrimitives.WriteInt64BigEndian(key, expiresAt);
        id.Bytes.CopyTo(key.AsSpan(8));
        return key;
    }
}
