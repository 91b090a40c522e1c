using System.Text;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Testing;

/// <summary>The listed entries of a <see cref="MemoryTier"/>, by looking at all of them.</summary>
internal static class MemoryListing
{
    public static CacheError? FindFault(ArtifactMetadata metadata)
    {
        if (metadata.Listing.Length == 0)
        {
            return null;
        }

        var isSound = Encoding.UTF8.GetByteCount(metadata.Key) is > 0 and <= IArtifactListing.MaxKeyBytes
            && Encoding.UTF8.GetByteCount(metadata.Listing) <= IArtifactListing.MaxListingBytes;
        return isSound ? null : CacheError.Client(
            CacheErrorKind.InvalidRequest, $"a listed entry has a key of 1 to {IArtifactListing.MaxKeyBytes} bytes");
    }

    public static CacheResult<ArtifactPage> Page(IEnumerable<MemoryEntry> entries, ListingQuery query)
    {
        if (query.Listing.Length == 0 || query.Limit is < 1 or > IArtifactListing.MaxPage)
        {
            return CacheError.Client(
                CacheErrorKind.InvalidRequest, $"a page of a listing has 1 to {IArtifactListing.MaxPage} entries");
        }

        var found = entries
            .Where(entry => entry.Info.Metadata.Listing == query.Listing && IsAsked(entry.Info.Metadata.Key, query))
            .Select(entry => entry.Info)
            .Order(Comparer<ArtifactInfo>.Create((a, b) => Compare(a.Metadata.Key, b.Metadata.Key)))
            .Take(query.Limit + 1)
            .ToList();
        return new ArtifactPage([.. found.Take(query.Limit)], found.Count > query.Limit);
    }

    private static bool IsAsked(string key, ListingQuery query) =>
        key.StartsWith(query.Prefix, StringComparison.Ordinal)
        && (query.After.Length == 0
            || (Compare(key, query.After) > 0
                && !(query.SkipBelowAfter && key.StartsWith(query.After, StringComparison.Ordinal))));

    private static int Compare(string left, string right) =>
        Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right));
}
