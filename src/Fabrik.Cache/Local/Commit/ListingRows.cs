using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Local.Index;
using Fabrik.Cache.Native.RocksDb;

namespace Fabrik.Cache.Local.Commit;

/// <summary>The rows of listings, as a transaction leaves them: each listed entry has one, which names it.</summary>
internal sealed class ListingRows(RocksDatabase db, RocksBatch batch)
{
    /// <summary>The entry that a row names; null when there is no such row.</summary>
    public ArtifactId? Find(ReadOnlySpan<byte> row) =>
        db.Get(batch, StoreFamilies.Listings, row) is { Length: ArtifactId.Length } id ? new ArtifactId(id) : null;

    public void Put(ReadOnlySpan<byte> row, ArtifactId id) =>
        batch.Put(db.Family(StoreFamilies.Listings), row, id.Bytes);

    public void Delete(ReadOnlySpan<byte> row) => batch.Delete(db.Family(StoreFamilies.Listings), row);

    /// <summary>Removes an entry's row, unless it names another entry.</summary>
    public void Delete(ArtifactMetadata metadata, ArtifactId id)
    {
        var row = ListingKey.Of(metadata);
        if (Find(row) == id)
        {
            Delete(row);
        }
    }

    /// <summary>The first rows at or behind one, a bounded number, as they were before this transaction.</summary>
    public List<byte[]> From(ReadOnlySpan<byte> start, int limit)
    {
        var rows = new List<byte[]>();
        using var iterator = db.Iterate(StoreFamilies.Listings);
        for (var found = iterator.Seek(start); found && rows.Count < limit; found = iterator.Next())
        {
            rows.Add(iterator.Key.ToArray());
        }

        return rows;
    }
}
