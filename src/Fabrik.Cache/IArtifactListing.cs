using Fabrik.Cache.Artifacts;

namespace Fabrik.Cache;

/// <summary>
/// The entries of a collection in the order of their keys: what an object store lists. Only the store on this machine
/// has it; tests have it in memory.
/// </summary>
/// <remarks>
/// An entry is listed from the moment on that it is there until it is deleted, replaced by one that is not listed,
/// evicted or expired: both change in one transaction. Of two entries with one listing and one key the later is listed;
/// the earlier stays, and is not listed any more. Writing a listed entry with <see cref="PutOptions.Overwrite"/>
/// replaces it even when its bytes are the same, so that its time and properties are those of the last write.
/// </remarks>
public interface IArtifactListing
{
    /// <summary>The longest key of a listed entry, in bytes of UTF-8; the same as of an S3 object.</summary>
    const int MaxKeyBytes = 1024;

    /// <summary>The longest name of a listing, in bytes of UTF-8.</summary>
    const int MaxListingBytes = 1024;

    /// <summary>Entries that one page has at most.</summary>
    const int MaxPage = 1000;

    /// <summary>
    /// The next entries, in the order of their keys' bytes in UTF-8. It holds nothing between two pages: of entries
    /// that come or go meanwhile some are listed.
    /// </summary>
    ValueTask<CacheResult<ArtifactPage>> ListAsync(ListingQuery query, CancellationToken cancellationToken);
}

/// <summary>Which entries of a collection.</summary>
/// <param name="Listing">The collection.</param>
public readonly record struct ListingQuery(string Listing)
{
    /// <summary>What keys begin with; empty for all.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Only keys behind this one; empty for all.</summary>
    public string After { get; init; } = "";

    /// <summary>
    /// Whether keys that begin with <see cref="After"/> are passed over too: the way past a common prefix.
    /// </summary>
    public bool SkipBelowAfter { get; init; }

    /// <summary>How many, 1 to <see cref="IArtifactListing.MaxPage"/>.</summary>
    public int Limit { get; init; } = IArtifactListing.MaxPage;
}

/// <summary>A page of entries.</summary>
/// <param name="Entries">In the order of keys.</param>
/// <param name="HasMore">Whether there are entries behind the last.</param>
public readonly record struct ArtifactPage(IReadOnlyList<ArtifactInfo> Entries, bool HasMore);
