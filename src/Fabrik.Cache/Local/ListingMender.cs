using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Local.Commit;

namespace Fabrik.Cache.Local;

/// <summary>Puts right what listings and entries say of each other, should they disagree.</summary>
internal sealed class ListingMender(ListingReader listings, Committer committer)
{
    /// <summary>Gives an entry its row; true when it had none.</summary>
    public async ValueTask<bool> MendAsync(ArtifactInfo info, CancellationToken cancellationToken)
    {
        if (info.Metadata.Listing.Length == 0 || listings.IsListed(info))
        {
            return false;
        }

        var mended = await committer.SendAsync(new MendEntryCommand(info.Id), cancellationToken);
        return mended.TryGet(out var isMended, out _) && isMended;
    }

    /// <summary>Removes rows without an entry; answers how many.</summary>
    public async ValueTask<long> MendRowsAsync(CancellationToken cancellationToken)
    {
        var removed = 0L;
        for (byte[]? next = []; next is not null;)
        {
            var mended = await committer.SendAsync(new MendRowsCommand(next), cancellationToken);
            if (!mended.TryGet(out var rows, out _))
            {
                return removed;
            }

            removed += rows.Removed;
            next = rows.Next;
        }

        return removed;
    }
}
