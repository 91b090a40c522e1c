using Fabrik.Cache;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Server.Adapters.S3.Listings;

/// <summary>Where a listing goes on.</summary>
/// <param name="After">Behind this key.</param>
/// <param name="SkipsBelow">Whether what begins with it is passed over too: it is a common prefix.</param>
internal readonly record struct ListingPlace(string After, bool SkipsBelow);

/// <summary>A page of a listing as S3 has it.</summary>
internal sealed class ListingPage
{
    /// <summary>The objects, by key.</summary>
    public List<ArtifactInfo> Objects { get; } = [];

    /// <summary>The common prefixes, in order.</summary>
    public List<string> Prefixes { get; } = [];

    /// <summary>The last of either.</summary>
    public ListingPlace Last { get; set; } = new("", false);

    /// <summary>Whether more follows.</summary>
    public bool HasMore { get; set; }

    /// <summary>How many of both there are.</summary>
    public int Count => Objects.Count + Prefixes.Count;
}

/// <summary>
/// Goes through a collection: keys with a delimiter behind the prefix are rolled up into common prefixes, and what lies
/// below one is passed over by seeking, not by reading it.
/// </summary>
internal sealed class ListingWalk(IArtifactListing listing, string collection, string prefix, string delimiter)
{
    // After a seek the next entry may lie below the next common prefix again: reading far ahead would be for nothing.
    private const int FirstAfterSeek = 16;

    private int _limit = IArtifactListing.MaxPage;

    /// <summary>Takes the next objects and prefixes.</summary>
    /// <param name="from">Where to go on.</param>
    /// <param name="max">How many at most; 0 gives an empty page.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async ValueTask<CacheResult<ListingPage>> TakeAsync(
        ListingPlace from, int max, CancellationToken cancellationToken)
    {
        ListingPage page = new() { Last = from };
        _limit = delimiter.Length == 0 ? Math.Min(max + 1, IArtifactListing.MaxPage) : IArtifactListing.MaxPage;
        var place = from;
        while (max > 0)
        {
            var query = new ListingQuery(collection)
            {
                Prefix = prefix,
                After = place.After,
                SkipBelowAfter = place.SkipsBelow,
                Limit = _limit,
            };
            if (!(await listing.ListAsync(query, cancellationToken)).TryGet(out var found, out var error))
            {
                return error;
            }

            if (!Add(page, found.Entries, max, ref place) || !found.HasMore)
            {
                break;
            }

            // Behind an object there is another entry; behind a common prefix it may be one below it.
            if (page.Count == max && !place.SkipsBelow)
            {
                page.HasMore = true;
                break;
            }
        }

        return page;
    }

    // False once the page is full and more is known to follow.
    private bool Add(ListingPage page, IReadOnlyList<ArtifactInfo> entries, int max, ref ListingPlace place)
    {
        foreach (var entry in entries)
        {
            var key = entry.Metadata.Key;
            if (place.SkipsBelow && key.StartsWith(place.After, StringComparison.Ordinal))
            {
                continue;
            }

            if (page.Count == max)
            {
                page.HasMore = true;
                return false;
            }

            var common = CommonPrefix(key);
            if (common is null)
            {
                page.Objects.Add(entry);
            }
            else
            {
                page.Prefixes.Add(common);
            }

            place = page.Last = new ListingPlace(common ?? key, common is not null);
        }

        _limit = delimiter.Length == 0 ? _limit
            : place.SkipsBelow ? FirstAfterSeek
            : Math.Min(_limit * 4, IArtifactListing.MaxPage);
        return true;
    }

    private string? CommonPrefix(string key)
    {
        var at = delimiter.Length == 0 ? -1 : key.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal);
        return at < 0 ? null : key[..(at + delimiter.Length)];
    }
}
