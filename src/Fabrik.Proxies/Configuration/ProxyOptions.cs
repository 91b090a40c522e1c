using Fabrik.Proxies.Origins;
using Fabrik.Wire.Http.Caching;

namespace Fabrik.Proxies.Configuration;

/// <summary>What a caching proxy serves; immutable, and replaced as a whole.</summary>
public sealed record ProxyOptions
{
    /// <summary>What can be asked for; names are unique.</summary>
    public required IReadOnlyList<ProxyBucketOptions> Buckets { get; init; }

    /// <summary>Its name in <c>Cache-Status</c>: a token.</summary>
    public string CacheName { get; init; } = "fabrik";
}

/// <summary>One origin, and who gets what of it under which address.</summary>
public sealed record ProxyBucketOptions
{
    /// <summary>Its name, for keys, logs and metrics; without a line break.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// The hosts that lead to it, without a port; a host wins over a path. Empty leads there by the path only.
    /// </summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>
    /// What paths begin with that lead to it (<c>/images</c>), in whole segments; the longest wins. Empty takes every
    /// path; null leads there by the host only.
    /// </summary>
    public string? PathPrefix { get; init; } = "";

    /// <summary>Whether the prefix is taken off before the origin is asked.</summary>
    public bool StripsPrefix { get; init; } = true;

    /// <summary>What is behind it.</summary>
    public required OriginOptions Origin { get; init; }

    /// <summary>What kind of server that is.</summary>
    public OriginKind Kind { get; init; } = OriginKind.S3;

    /// <summary>What is kept, and for how long.</summary>
    public CacheRule Cache { get; init; } = new();

    /// <summary>Who may read; null for everyone.</summary>
    public IAccessRule? Access { get; init; }

    /// <summary>How much may be asked at a time; null for no limit of its own.</summary>
    public IRequestLimit? Limit { get; init; }

    /// <summary>
    /// Query parameters that are for this proxy, such as a token: they reach neither the key nor the origin. Names as
    /// they stand in the query.
    /// </summary>
    public IReadOnlyList<string> HiddenParameters { get; init; } = [];

    /// <summary>Headers of requests that are for this proxy, such as a token of its own.</summary>
    public IReadOnlyList<string> HiddenHeaders { get; init; } = [];

    /// <summary>What clients are told of an origin that refuses.</summary>
    public ErrorRule Errors { get; init; } = new();
}

/// <summary>What kind of server an origin is.</summary>
public enum OriginKind
{
    /// <summary>
    /// An object store: reads only, sub-resources pass by, its error documents stay with the operator.
    /// </summary>
    S3,

    /// <summary>Any HTTP server: all methods pass, and what it says is told as it is.</summary>
    Http,
}

/// <summary>What is kept of a bucket, and for how long.</summary>
public sealed record CacheRule
{
    /// <summary>Whether anything is.</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary>How long: lifetimes, and what may be served after them.</summary>
    public CachingOptions Freshness { get; init; } = CachingOptions.Default;

    /// <summary>
    /// How long it is remembered, in memory, that an object store has not an object or does not give it out (403, 404,
    /// 410). Zero, the default, asks each time, once for all who wait: what was uploaded is there at once.
    /// </summary>
    public TimeSpan NegativeLifetime { get; init; }

    /// <summary>The most bytes of what is kept.</summary>
    public long MaxObjectSize { get; init; } = long.MaxValue;

    /// <summary>
    /// Whether clients have a say by <c>Cache-Control</c> of requests (RFC 9111, section 5.2.1). Null: those of an HTTP
    /// origin do, those of an object store do not.
    /// </summary>
    public bool? HeedsClients { get; init; }
}

/// <summary>What clients are told of an origin that refuses; the operator hears all of it.</summary>
public sealed record ErrorRule
{
    /// <summary>
    /// Whether 403 of an object store is told as 404: without the right to list it says so of what is absent too.
    /// </summary>
    public bool ShowsDeniedAsAbsent { get; init; } = true;
}
