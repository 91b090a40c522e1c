using Fabrik.Cache;
using Fabrik.Proxies.Serving;
using Fabrik.Proxies.Storage;

namespace Fabrik.Proxies.Admin;

/// <summary>Forgets what is kept of a bucket: one key, those that begin alike, or those of a pattern.</summary>
internal sealed class CachePurge(ProxyDoor door, IArtifactListing store)
{
    /// <summary>Forgets one key, whatever the query behind it.</summary>
    /// <returns>How many answers there were.</returns>
    public async Task<int> KeyAsync(string bucket, string target, bool isSoft, CancellationToken ct)
    {
        var purged = await door.PurgeAsync(new ResourceKey(bucket, target), isSoft, ct) ? 1 : 0;
        return purged + await ManyAsync(bucket, new Selection($"{target}?", static _ => true), isSoft, ct);
    }

    /// <summary>Forgets those that begin alike.</summary>
    public Task<int> PrefixAsync(string bucket, string prefix, bool isSoft, CancellationToken ct) =>
        ManyAsync(bucket, new Selection(prefix, static _ => true), isSoft, ct);

    /// <summary>Forgets those of a pattern.</summary>
    public Task<int> PatternAsync(string bucket, KeyPattern pattern, bool isSoft, CancellationToken ct) =>
        ManyAsync(bucket, new Selection(pattern.Prefix, pattern.Matches), isSoft, ct);

    private async Task<int> ManyAsync(string bucket, Selection selection, bool isSoft, CancellationToken ct)
    {
        await door.FlushAsync();
        var purged = 0;
        foreach (var key in door.KeysInMemory(bucket).Where(key => selection.Has(key.Target)).ToArray())
        {
            purged += await door.PurgeAsync(key, isSoft, ct) ? 1 : 0;
        }

        var after = "";
        while (true)
        {
            ListingQuery query = new(ResourceKey.ListingOf(bucket)) { Prefix = selection.Prefix, After = after };
            var listed = await store.ListAsync(query, ct);
            if (!listed.TryGet(out var page, out var error))
            {
                throw new IOException(error.Message);
            }

            foreach (var entry in page.Entries)
            {
                after = entry.Metadata.Key ?? after;
                if (selection.Has(after))
                {
                    purged += await AgainAsync(new ResourceKey(bucket, after), isSoft, ct) ? 1 : 0;
                }
            }

            if (!page.HasMore || page.Entries.Count == 0)
            {
                return purged;
            }
        }
    }

    // What was in memory has been counted: softly it is still there.
    private async ValueTask<bool> AgainAsync(ResourceKey key, bool isSoft, CancellationToken ct) =>
        !(isSoft && door.State.Heads.TryFind(key, out _)) && await door.PurgeAsync(key, isSoft, ct);

    private readonly record struct Selection(string Prefix, Func<string, bool> IsMeant)
    {
        public bool Has(string target) => target.StartsWith(Prefix, StringComparison.Ordinal) && IsMeant(target);
    }
}
