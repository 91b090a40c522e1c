using System.Runtime.CompilerServices;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Eviction;
using Fabrik.Cache.Local.Commit;
using Fabrik.Cache.Local.Index;

namespace Fabrik.Cache.Local;

/// <summary>
/// Describes entries in the order of their ids, a page at a time: between two pages it holds nothing, so a reader that
/// takes its time does not keep the index from being closed or opened anew.
/// </summary>
internal sealed class StoreLister(StoreDatabase database, StoreState state)
{
    /// <summary>Entries that are looked at before the index is let go: about a millisecond.</summary>
    public const int PageLength = 256;

    /// <summary>Every entry behind another; ends early when there is no index (any more).</summary>
    /// <exception cref="IOException">The index cannot be read.</exception>
    public async IAsyncEnumerable<ArtifactInfo> ListAsync(
        ArtifactId? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var page = new List<ArtifactInfo>(PageLength);
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            page.Clear();
            after = ReadPage(after, page);
            foreach (var info in page)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return info;
            }
        }
        while (after is not null);

        await Task.CompletedTask;
    }

    /// <summary>Describes the next entries; answers the last that was looked at, or null when that was all.</summary>
    private ArtifactId? ReadPage(ArtifactId? after, List<ArtifactInfo> page)
    {
        using var session = database.Enter();
        if (session is null)
        {
            return null;
        }

        state.Evictor.DrainReads();
        using var entries = session.Database.Iterate(StoreFamilies.Entries);
        using var accesses = new AccessWalk(session.Database);
        var now = state.NowMilliseconds;
        var last = after;
        var found = after is { } start ? entries.Seek(start.Bytes) : entries.First();
        for (var i = 0; found && i < PageLength; i++, found = entries.Next())
        {
            var id = new ArtifactId(entries.Key);
            last = id;
            var entry = id == after ? null : EntryRecord.Read(entries.Value, state.Tools);
            if (entry?.Head.IsExpired(now) == false)
            {
                var access = state.Evictor.FindAccess(id) ?? accesses.Find(id.Bytes[..EvictionKey.Length]);
                page.Add(entry.Head.ToInfo(id, entry.Metadata, access));
            }
        }

        return found ? last : null;
    }
}
