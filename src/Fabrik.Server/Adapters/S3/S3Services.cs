using Fabrik.Cache;

namespace Fabrik.Server.Adapters.S3;

/// <summary>What the S3 door works with besides what all doors have.</summary>
public sealed record S3Services
{
    /// <summary>The objects of a bucket in the order of their keys: the store on this machine.</summary>
    public required IArtifactListing Listing { get; init; }

    /// <summary>
    /// Where the parts of uploads wait to become one object: the store on this machine, past all upstreams.
    /// </summary>
    public required ICacheTier Staging { get; init; }

    /// <summary>The options that hold now.</summary>
    public required Func<S3Options> Options { get; init; }
}
