using Fabrik.Cache;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Proxies.Storage;

/// <summary>What answers are found by: the primary key of RFC 9111, section 2.</summary>
/// <param name="Bucket">The bucket's name in the configuration; without a line break.</param>
/// <param name="Target">
/// Path and query as they came in the request line, byte for byte: nothing is decoded, so that no two keys of an object
/// store meet in one.
/// </param>
public readonly record struct ResourceKey(string Bucket, string Target)
{
    private const string Namespace = "s3-proxy";
    private const string SliceNamespace = "s3-proxy-slice";

    /// <summary>The collection in which the heads of a bucket are listed.</summary>
    public static string ListingOf(string bucket) => $"{Namespace}/{bucket}";

    /// <summary>
    /// Whether the head is listed: a longer key than the store lists is found by itself only.
    /// </summary>
    public bool IsListed => System.Text.Encoding.UTF8.GetByteCount(Target) <= IArtifactListing.MaxKeyBytes;

    /// <summary>Under which the head is stored.</summary>
    public ArtifactId HeadId() => ArtifactKey.IdOf("", "", Namespace, $"{Bucket}\n{Target}");

    /// <summary>Under which a part of a body is stored.</summary>
    internal ArtifactId SliceId(long generation, long index) =>
        ArtifactKey.IdOf("", "", SliceNamespace, $"{Bucket}\n{Target}\n{generation:x16}\n{index}");
}
