using Fabrik.Proxies.Configuration;
using Fabrik.Proxies.Origins;
using Fabrik.Wire.Http;
using Fabrik.Wire.Http.Caching;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Proxies.Serving;

/// <summary>A bucket as it is served: its settings, and its origin.</summary>
internal sealed class Bucket(ProxyBucketOptions options, Origin origin)
{
    // Of a client's headers, what an object store is told. Its credentials, cookies and encodings are not among it.
    private static readonly HashSet<string> ForObjectStores = new(StringComparer.OrdinalIgnoreCase)
    {
        "x-amz-checksum-mode", "x-amz-expected-bucket-owner", "x-amz-request-payer",
        "x-amz-server-side-encryption-customer-algorithm", "x-amz-server-side-encryption-customer-key",
        "x-amz-server-side-encryption-customer-key-md5",
    };

    private static readonly HashSet<string> Conditions = new(StringComparer.OrdinalIgnoreCase)
    {
        "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range", "Range",
    };

    private readonly HashSet<string> _hidden = new(options.HiddenHeaders, StringComparer.OrdinalIgnoreCase);

    /// <summary>Its settings.</summary>
    public ProxyBucketOptions Options => options;

    /// <summary>Its name.</summary>
    public string Name => options.Name;

    /// <summary>What is behind it.</summary>
    public Origin Origin => origin;

    /// <summary>Whether that is an object store.</summary>
    public bool IsS3 => options.Kind == OriginKind.S3;

    /// <summary>How long what is kept is fresh.</summary>
    public CachingOptions Rule => options.Cache.Freshness;

    /// <summary>Whether clients have a say in what the cache does.</summary>
    public bool HeedsClients => options.Cache.HeedsClients ?? !IsS3;

    /// <summary>The headers of a request that concern the origin: without conditions and ranges.</summary>
    public List<HeaderField> FieldsOf(HttpRequest request) => Select(request, withConditions: false);

    /// <summary>The headers of a request that concern the origin: with conditions and ranges.</summary>
    public List<HeaderField> AllFieldsOf(HttpRequest request) => Select(request, withConditions: true);

    /// <summary>Whether a request has conditions or ranges.</summary>
    public static bool HasConditions(IHeaderDictionary headers) =>
        headers.Range.Count > 0
        || headers.IfNoneMatch.Count > 0
        || headers.IfModifiedSince.Count > 0
        || headers.IfMatch.Count > 0
        || headers.IfUnmodifiedSince.Count > 0
        || headers.IfRange.Count > 0;

    private List<HeaderField> Select(HttpRequest request, bool withConditions)
    {
        var fields = new List<HeaderField>(request.Headers.Count);
        var connection = request.Headers.Connection.ToString();
        foreach (var (name, values) in request.Headers)
        {
            if (Passes(name, withConditions) && !IsNamedIn(connection, name))
            {
                foreach (var value in values)
                {
                    fields.Add(new HeaderField(name, value ?? ""));
                }
            }
        }

        return fields;
    }

    private bool Passes(string name, bool withConditions) =>
        Conditions.Contains(name) ? withConditions
        : IsS3 ? ForObjectStores.Contains(name)
        : !StoredFields.IsHopByHop(name) && !_hidden.Contains(name)
            && !name.Equals("Host", StringComparison.OrdinalIgnoreCase)
            && !name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)
            && !name.Equals("Expect", StringComparison.OrdinalIgnoreCase)
            && name[0] != ':';

    private static bool IsNamedIn(string connection, string name) => connection.Length > 0
        && connection.Split(',', StringSplitOptions.TrimEntries).Contains(name, StringComparer.OrdinalIgnoreCase);
}
