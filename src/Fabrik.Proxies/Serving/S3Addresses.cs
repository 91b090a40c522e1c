using Fabrik.Wire.S3;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Proxies.Serving;

/// <summary>
/// Which requests to an object store are for an object as such; the cache has nothing to do with the others.
/// </summary>
internal static class S3Addresses
{
    // Sub-resources, versions, parts, and lists: what they answer is not the object, or not the one that the key names.
    private static readonly HashSet<string> Others = new(StringComparer.Ordinal)
    {
        "acl", "attributes", "cors", "delete", "encryption", "legal-hold", "lifecycle", "list-type", "location",
        "logging", "notification", "object-lock", "partNumber", "policy", "policyStatus", "prefix", "delimiter",
        "marker", "max-keys", "continuation-token", "start-after", "replication", "requestPayment", "restore",
        "retention", "select", "tagging", "torrent", "uploadId", "uploads", "versionId", "versioning", "versions",
        "website",
    };

    /// <summary>Whether it asks for an object and nothing else.</summary>
    public static bool IsObject(string target, IHeaderDictionary headers)
    {
        var question = target.IndexOf('?', StringComparison.Ordinal);
        var pathLength = question < 0 ? target.Length : question;
        if (pathLength <= 1 || headers.ContainsKey("x-amz-server-side-encryption-customer-key"))
        {
            return false;
        }

        if (question >= 0)
        {
            foreach (var (name, _) in new S3Query(target[(question + 1)..]))
            {
                if (IsOther(name))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static bool IsOther(ReadOnlySpan<char> name) =>
        name.StartsWith("response-", StringComparison.Ordinal)
        || name.StartsWith("X-Amz-", StringComparison.OrdinalIgnoreCase)
        || !S3Uri.TryDecode(name, plusIsSpace: true, out var decoded)
        || Others.Contains(decoded);
}
