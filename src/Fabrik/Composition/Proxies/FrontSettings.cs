using System.Net;
using Fabrik.Proxies.Access;
using Fabrik.Proxies.Configuration;
using Fabrik.Proxies.Origins;
using Fabrik.Proxies.Site;
using Fabrik.Server.Auth;
using Fabrik.Settings;
using Fabrik.Settings.Schema;
using Fabrik.Wire.Http.Caching;

namespace Fabrik.Composition.Proxies;

/// <summary>What the proxy serves, out of settings.</summary>
/// <param name="access">Who may have which bucket; in force by then.</param>
/// <param name="limits">How much is let through.</param>
/// <param name="credentials">What requests to buckets are signed with.</param>
internal sealed class FrontSettings(BucketAccess access, LimitTable limits, CredentialTable credentials)
{
    /// <summary>Maps all of it.</summary>
    public FrontOptions Of(EffectiveSettings settings)
    {
        IReadOnlyList<EffectiveSettings> buckets = settings.Items(S3ProxySettings.Buckets);
        BucketOrigins origins = new(settings, credentials);
        IReadOnlyList<IPNetwork> trusted = settings.Get(S3ProxySettings.TrustedProxies);
        FrontOptions front = new()
        {
            Proxy = new ProxyOptions
            {
                Buckets = [.. buckets.Select(bucket => Bucket(settings, bucket, origins.Of(bucket), trusted))],
            },
            Cors = buckets.Where(bucket => bucket.Get(S3ProxyBucketSettings.Site.AllowedOrigins).Count > 0)
                .ToDictionary(NameOf, Cors, StringComparer.Ordinal),
            Sites = buckets.Where(HasSite).ToDictionary(NameOf, Site, StringComparer.Ordinal),
            LogsAccess = settings.Get(S3ProxySettings.AccessLog),
        };
        credentials.Settle();
        return front;
    }

    private ProxyBucketOptions Bucket(
        EffectiveSettings settings,
        EffectiveSettings bucket,
        OriginOptions origin,
        IReadOnlyList<IPNetwork> trusted)
    {
        string name = NameOf(bucket);
        bool asksForToken = bucket.Get(S3ProxyBucketSettings.AuthEnabled);
        IRequestAuthenticator? authenticator = asksForToken ? access.Of(name) : null;
        IReadOnlyList<TokenSource> sources = asksForToken ? SourcesOf(settings, bucket) : [];
        return new ProxyBucketOptions
        {
            Name = name,
            Hosts = bucket.Get(S3ProxyBucketSettings.Hosts),
            PathPrefix = S3ProxyRules.PrefixOf(bucket),
            Origin = origin,
            Kind = bucket.Get(S3ProxyBucketSettings.HttpUrl) is null ? Fabrik.Proxies.Configuration.OriginKind.S3
                : Fabrik.Proxies.Configuration.OriginKind.Http,
            Cache = Cache(bucket),
            Access = authenticator is null ? null : new TokenAccess(authenticator, trusted),
            Limit = limits.Of(settings, bucket, http => RequestIdentity.Of(http, authenticator, trusted).Client),
            HiddenParameters = Names(sources, TokenSourceKind.Query),
            HiddenHeaders = asksForToken ? [.. Names(sources, TokenSourceKind.Header), "Authorization"] : [],
        };
    }

    private static IReadOnlyList<TokenSource> SourcesOf(EffectiveSettings settings, EffectiveSettings bucket)
    {
        AuthOptions shared = BucketTokens.Shared(settings);
        return (BucketTokens.HasOwn(bucket) ? BucketTokens.Own(bucket, shared) : shared).TokenSources;
    }

    private static IReadOnlyList<string> Names(IReadOnlyList<TokenSource> sources, TokenSourceKind kind) =>
        [.. sources.Where(source => source.Kind == kind).Select(source => source.Name)];

    private static CacheRule Cache(EffectiveSettings bucket)
    {
        S3ProxyCachingSettings cache = S3ProxyBucketSettings.Cache;
        CachingOptions plain = CachingOptions.Default;
        return new CacheRule
        {
            IsEnabled = bucket.Get(cache.Enabled),
            MaxObjectSize = bucket.Get(cache.MaxObjectSize).Bytes,
            NegativeLifetime = bucket.Get(cache.NegativeTtl) ?? TimeSpan.Zero,
            Freshness = plain with
            {
                DefaultLifetime = bucket.Get(cache.Ttl),
                MinLifetime = bucket.Get(cache.MinTtl) ?? plain.MinLifetime,
                MaxLifetime = bucket.Get(cache.MaxTtl) ?? plain.MaxLifetime,
                DefaultStaleWhileRevalidate =
                    bucket.Get(cache.StaleWhileRevalidate) ?? plain.DefaultStaleWhileRevalidate,
                DefaultStaleIfError = bucket.Get(cache.StaleIfError) ?? plain.DefaultStaleIfError,

                // A lifetime that was set is not guessed.
                HeuristicFraction = bucket.Get(cache.Ttl) is null ? plain.HeuristicFraction : 0,
            },
        };
    }

    private static CorsRule Cors(EffectiveSettings bucket)
    {
        S3ProxySiteSettings site = S3ProxyBucketSettings.Site;
        return new CorsRule
        {
            Origins = bucket.Get(site.AllowedOrigins),
            Methods = bucket.Get(site.AllowedMethods),
            RequestHeaders = bucket.Get(site.AllowedHeaders),
            ExposedHeaders = bucket.Get(site.ExposedHeaders),
            AllowsCredentials = bucket.Get(site.AllowCredentials),
            MaxAge = bucket.Get(site.MaxAge),
        };
    }

    private static bool HasSite(EffectiveSettings bucket) =>
        S3ProxyBucketSettings.Site.Site.Settings.Cast<Setting<string>>().Any(each => bucket.Get(each).Length > 0);

    private static SiteRule Site(EffectiveSettings bucket) => new()
    {
        IndexDocument = bucket.Get(S3ProxyBucketSettings.Site.IndexDocument),
        ErrorDocument = bucket.Get(S3ProxyBucketSettings.Site.ErrorDocument),
        FallbackDocument = bucket.Get(S3ProxyBucketSettings.Site.Spa),
    };

    private static string NameOf(EffectiveSettings bucket) => bucket.Get(S3ProxyBucketSettings.Name);
}
