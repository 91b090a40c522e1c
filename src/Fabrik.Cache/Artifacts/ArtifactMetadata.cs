namespace Fabrik.Cache.Artifacts;

/// <summary>What a tool said of an artifact besides its bytes; kept with the entry and given back unchanged.</summary>
public sealed record ArtifactMetadata
{
    /// <summary>
    /// The protocol that stored it (<c>gradle</c>, <c>nx</c>, …): the breakdown of statistics is by this.
    /// </summary>
    public required string Tool { get; init; }

    /// <summary>
    /// The key as the tool wrote it, for people who look for it; may be cut to 256 characters, unless the entry is
    /// listed: then it has at most <see cref="IArtifactListing.MaxKeyBytes"/> in UTF-8 and stays whole.
    /// </summary>
    public string Key { get; init; } = "";

    /// <summary>
    /// The collection in which the entry is found by its key (<see cref="IArtifactListing"/>); empty for none. It is of
    /// the local tier only: upstreams are not told, and what comes back from one is not listed.
    /// </summary>
    public string Listing { get; init; } = "";

    /// <summary>
    /// Small facts of the protocol, such as <c>x-artifact-duration</c>; names and values in UTF-8, 16 KiB together.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, string>> Properties { get; init; } = [];

    /// <summary>The same of an entry that is not listed.</summary>
    public ArtifactMetadata Unlisted() => Listing.Length == 0 ? this : this with { Listing = "" };

    /// <summary>The value of a property, or <see langword="null"/>.</summary>
    public string? Find(string name)
    {
        foreach (var (key, value) in Properties)
        {
            if (string.Equals(key, name, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return null;
    }
}
