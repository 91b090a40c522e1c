using Microsoft.AspNetCore.Http;

namespace Fabrik.Proxies.Serving;

/// <summary>
/// Which bucket a request is for: that of its host, else the one with the longest prefix of its path.
/// </summary>
internal sealed class BucketRoutes
{
    private readonly Dictionary<string, Bucket> _hosts = new(StringComparer.OrdinalIgnoreCase);
    private readonly (string Prefix, Bucket Bucket)[] _prefixes;

    /// <summary>The routes to some buckets.</summary>
    public BucketRoutes(IReadOnlyList<Bucket> buckets)
    {
        foreach (var bucket in buckets)
        {
            foreach (var host in bucket.Options.Hosts)
            {
                _hosts[host] = bucket;
            }
        }

        _prefixes =
        [
            .. from bucket in buckets
               where bucket.Options.PathPrefix is not null
               let prefix = bucket.Options.PathPrefix!.TrimEnd('/')
               orderby prefix.Length descending
               select (prefix, bucket),
        ];
    }

    /// <summary>The same for a request, whose host is read only where one leads anywhere.</summary>
    public (Bucket Bucket, string Target)? Find(HttpRequest request, string target) =>
        Find(_hosts.Count > 0 ? request.Host.Value ?? "" : "", target);

    /// <summary>The bucket, and the target without what only led there; null for none.</summary>
    /// <param name="host">The host, with or without a port.</param>
    /// <param name="target">Path and query as they came.</param>
    public (Bucket Bucket, string Target)? Find(string host, string target)
    {
        if (_hosts.Count > 0 && _hosts.TryGetValue(WithoutPort(host), out var named))
        {
            return (named, target);
        }

        foreach (var (prefix, bucket) in _prefixes)
        {
            if (target.StartsWith(prefix, StringComparison.Ordinal)
                && (prefix.Length == 0 || target.Length == prefix.Length || target[prefix.Length] is '/' or '?'))
            {
                var rest = bucket.Options.StripsPrefix ? target[prefix.Length..] : target;
                return (bucket, rest.StartsWith('/') ? rest : "/" + rest);
            }
        }

        return null;
    }

    private static string WithoutPort(string host)
    {
        var colon = host.LastIndexOf(':');
        return colon > 0 && !host.EndsWith(']') ? host[..colon] : host;
    }
}
