using Fabrik.Proxies.Fetching;
using Fabrik.Proxies.Storage;
using Fabrik.Wire.Http;
using Fabrik.Wire.Http.Caching;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Proxies.Serving;

/// <summary>One request on its way through the pipeline, and what is known of it by now.</summary>
internal sealed class ProxyRequest(HttpContext http, Bucket bucket, string target)
{
    private List<HeaderField>? _fields;
    private IReadOnlyList<HeaderField>? _conditions;
    private RequestDirectives? _directives;

    /// <summary>The request and its answer.</summary>
    public HttpContext Http => http;

    /// <summary>What it is for.</summary>
    public Bucket Bucket => bucket;

    /// <summary>Under which its answer is kept.</summary>
    public ResourceKey Key { get; } = new(bucket.Name, target);

    /// <summary>The headers that concern the origin, without conditions and ranges.</summary>
    public List<HeaderField> Fields => _fields ??= bucket.FieldsOf(http.Request);

    /// <summary>The headers with conditions and ranges; empty where the client sent none of these.</summary>
    public IReadOnlyList<HeaderField> Conditions => _conditions ??=
        Bucket.HasConditions(http.Request.Headers) ? bucket.AllFieldsOf(http.Request) : [];

    /// <summary>What the client asks of the cache.</summary>
    public RequestDirectives Directives => _directives ??=
        bucket.HeedsClients && (http.Request.Headers.CacheControl.Count > 0 || http.Request.Headers.Pragma.Count > 0)
            ? RequestDirectives.Parse(Fields)
            : default;

    /// <summary>Whether only the head is asked for.</summary>
    public bool IsHead => HttpMethods.IsHead(http.Request.Method);

    /// <summary>Ends when the client has left.</summary>
    public CancellationToken Aborted => http.RequestAborted;

    /// <summary>The cache's part in the answer.</summary>
    public CacheStatus Status { get; set; } = new() { Forward = ForwardReason.Bypass };

    /// <summary>When it came.</summary>
    public long StartedAt { get; init; }

    /// <summary>What is to be asked of the origin, were it asked now.</summary>
    public FetchPlan Plan(StoredHead? stored) => new()
    {
        Key = Key,
        Origin = bucket.Origin,
        Rule = bucket.Rule,
        MaxSize = bucket.Options.Cache.MaxObjectSize,
        Fields = Fields,
        KeepsErrors = !bucket.IsS3,
        NegativeLifetime = bucket.Options.Cache.NegativeLifetime,
        Stored = stored,
    };

    /// <summary>The cache's part as a label of metrics.</summary>
    public string CacheLabel => Status switch
    {
        { Forward: ForwardReason.None } => "hit",
        { Collapsed: true } => "collapsed",
        { Forward: ForwardReason.Bypass or ForwardReason.Method } => "bypass",
        { Forward: ForwardReason.Stale or ForwardReason.Request, ForwardStatus: 304 } => "revalidated",
        { Forward: ForwardReason.Stale or ForwardReason.Request } => "expired",
        _ => "miss",
    };
}
