using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Local.Index;

namespace Fabrik.Cache.Local.Commit;

/// <summary>Gives a listed entry its row, when that is gone or names an entry it does not belong to.</summary>
internal sealed class MendEntryCommand(ArtifactId id) : StoreCommand<bool>
{
    /// <inheritdoc/>
    public override void Apply(StoreTransaction transaction, StoreState state)
    {
        Result = false;
        if (transaction.FindEntry(id) is not { IsListed: true } entry)
        {
            return;
        }

        var row = ListingKey.Of(entry.Metadata);
        var named = transaction.Listings.Find(row);
        if (named == id)
        {
            return;
        }

        if (named is { } other && transaction.FindListed(other, row) is not null)
        {
            transaction.ReplaceEntry(id, entry, entry with { Metadata = entry.Metadata.Unlisted() });
        }
        else
        {
            transaction.Listings.Put(row, id);
        }

        Result = true;
    }
}

/// <summary>Removes rows whose entry is gone or says otherwise, of a bounded number behind one.</summary>
internal sealed class MendRowsCommand(byte[] start) : StoreCommand<MendedRows>
{
    /// <summary>Rows that one transaction looks at: others wait behind it.</summary>
    public const int MaxRows = 1000;

    /// <summary>As much as so many deletions.</summary>
    public override long Weight => MaxRows * base.Weight;

    /// <inheritdoc/>
    public override void Apply(StoreTransaction transaction, StoreState state)
    {
        var removed = 0;
        var rows = transaction.Listings.From(start, MaxRows);
        foreach (var row in rows)
        {
            if (transaction.Listings.Find(row) is not { } id || transaction.FindListed(id, row) is null)
            {
                transaction.Listings.Delete(row);
                removed++;
            }
        }

        Result = new MendedRows(removed, rows.Count == MaxRows ? [.. rows[^1], 0] : null);
    }
}

/// <summary>What became of some rows.</summary>
/// <param name="Removed">Rows that were removed.</param>
/// <param name="Next">Where the others begin; null when that was all.</param>
internal readonly record struct MendedRows(long Removed, byte[]? Next);
