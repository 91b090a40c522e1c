using System.Buffers;

namespace Fabrik.Settings.Schema;

/// <summary>What has to hold between the settings of one bucket.</summary>
internal static class S3ProxyBucketRules
{
    private static readonly SearchValues<char> NotInPrefix = SearchValues.Create("?#% \t\r\n");

    /// <summary>All that is wrong.</summary>
    public static IEnumerable<SettingError> Check(S3ProxyPlace bucket) =>
        Routes(bucket).Concat(Origins(bucket)).Concat(Caching(bucket)).Concat(Site(bucket));

    private static IEnumerable<SettingError> Routes(S3ProxyPlace bucket)
    {
        string prefix = bucket.Settings.Get(S3ProxyBucketSettings.PathPrefix);
        if (prefix.Length > 0 && (prefix[0] != '/' || prefix.AsSpan().ContainsAny(NotInPrefix)))
        {
            yield return bucket.Error(
                S3ProxyBucketSettings.PathPrefix, $"expected a path such as \"/products\", found \"{prefix}\"");
        }

        foreach (string host in bucket.Settings.Get(S3ProxyBucketSettings.Hosts))
        {
            if (Uri.CheckHostName(host) == UriHostNameType.Unknown)
            {
                yield return bucket.Error(
                    S3ProxyBucketSettings.Hosts, $"expected hosts without scheme and port, found \"{host}\"");
            }
        }
    }

    private static IEnumerable<SettingError> Origins(S3ProxyPlace bucket)
    {
        EffectiveSettings settings = bucket.Settings;
        bool isHttp = settings.Get(S3ProxyBucketSettings.HttpUrl) is not null;
        S3ProxyPlace[] replicas = [.. bucket.Items(S3ProxyBucketSettings.Replicas)];
        bool isBucket = settings.Get(S3ProxyBucketSettings.Origin.Bucket).Length > 0;
        bool haveBuckets = replicas.Length > 0
            && replicas.All(replica => replica.Settings.Get(S3ProxyBucketSettings.Replica.Bucket).Length > 0);
        if (isHttp && (isBucket || replicas.Length > 0))
        {
            yield return bucket.Error(S3ProxyBucketSettings.HttpUrl, "expected only one of it and s3, found both");
        }

        if (!isHttp && !isBucket && !haveBuckets)
        {
            yield return bucket.Error(
                S3ProxyBucketSettings.Origin.Bucket, "expected it or http_origin.url to be set, found neither");
        }

        foreach (SettingError error in Origin(bucket, S3ProxyBucketSettings.Origin)
            .Concat(replicas.SelectMany(replica => Origin(replica, S3ProxyBucketSettings.Replica))))
        {
            yield return error;
        }
    }

    private static IEnumerable<SettingError> Origin(S3ProxyPlace place, S3ProxyOriginSettings origin)
    {
        EffectiveSettings settings = place.Settings;
        bool hasKey = settings.Get(origin.AccessKey).Length > 0;
        if (hasKey != (settings.Get(origin.SecretKey).Length > 0))
        {
            yield return place.Error(origin.SecretKey, "expected access_key and secret_key, found one of them");
        }

        if (!hasKey && settings.Get(origin.SessionToken).Length > 0)
        {
            yield return place.Error(origin.SessionToken, "expected access_key and secret_key too, found neither");
        }

        if (hasKey && settings.Get(origin.Anonymous))
        {
            yield return place.Error(origin.Anonymous, "expected only one of it and access_key, found both");
        }

        if (settings.Get(origin.Endpoint) is { } url
            && (url.AbsolutePath != "/" || url.Query != "" || url.UserInfo != ""))
        {
            yield return place.Error(origin.Endpoint, "expected scheme, host and port only, found more");
        }
    }

    private static IEnumerable<SettingError> Caching(S3ProxyPlace bucket)
    {
        S3ProxyCachingSettings cache = S3ProxyBucketSettings.Cache;
        if (bucket.Settings.Get(cache.MinTtl) > bucket.Settings.Get(cache.MaxTtl))
        {
            yield return bucket.Error(cache.MinTtl, $"expected at most {cache.MaxTtl.Name}, found more");
        }
    }

    private static IEnumerable<SettingError> Site(S3ProxyPlace bucket)
    {
        S3ProxySiteSettings site = S3ProxyBucketSettings.Site;
        IReadOnlyList<string> origins = bucket.Settings.Get(site.AllowedOrigins);
        if (bucket.Settings.Get(site.AllowCredentials) && origins.Contains("*", StringComparer.Ordinal))
        {
            yield return bucket.Error(
                site.AllowCredentials, "expected origins by name, found \"*\", which browsers refuse beside it");
        }

        foreach (string origin in origins.Where(origin => origin != "*" && !IsOrigin(origin)))
        {
            yield return bucket.Error(
                site.AllowedOrigins,
                $"expected \"*\" or an origin such as \"https://app.example.com\", found \"{origin}\"");
        }

        if (bucket.Settings.Get(site.IndexDocument).Contains('/'))
        {
            yield return bucket.Error(site.IndexDocument, "expected a name without \"/\", found one with it");
        }
    }

    // One star may stand for what it likes in the host.
    private static bool IsOrigin(string origin) =>
        Uri.TryCreate(origin.Replace('*', 'x'), UriKind.Absolute, out Uri? url)
        && url is { AbsolutePath: "/", Query: "", UserInfo: "" }
        && !origin.EndsWith('/')
        && origin.Count(c => c == '*') <= 1;
}
