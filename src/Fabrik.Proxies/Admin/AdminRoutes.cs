using System.Text.Json;
using Fabrik.Cache;
using Fabrik.Proxies.Site;
using Fabrik.Server.Admin;
using Fabrik.Server.Auth;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fabrik.Proxies.Admin;

/// <summary>
/// <c>/api/v1/s3-proxy</c>: <c>POST purge</c>, <c>POST warm</c>, <c>GET warm</c>, <c>GET</c> and
/// <c>DELETE warm/{id}</c>, <c>GET statistics</c>. For operators: where tokens are required, with <c>admin</c>.
/// </summary>
public sealed class AdminRoutes : IAsyncDisposable
{
    private const string Root = "/api/v1/s3-proxy";

    private readonly FrontDoor _front;
    private readonly IRequestAuthenticator _operators;
    private readonly CachePurge _purge;
    private readonly CacheWarming _warming;
    private readonly WarmingJobs _jobs;

    /// <summary>Nothing is asked yet.</summary>
    /// <param name="front">The proxy.</param>
    /// <param name="store">Its store's list of keys.</param>
    /// <param name="operators">Decides who may ask.</param>
    public AdminRoutes(FrontDoor front, IArtifactListing store, IRequestAuthenticator operators)
    {
        (_front, _operators) = (front, operators);
        _purge = new CachePurge(front.Door, store);
        _warming = new CacheWarming(front);
        _jobs = new WarmingJobs($"{Root}/warm", _warming);
    }

    /// <summary>Gives the number of the configuration that holds, for the statistics.</summary>
    public Func<long> Generation { get; init; } = static () => 1;

    /// <summary>Maps the routes.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        var door = new OperatorDoor(routes, _operators);
        door.Map("POST", $"{Root}/purge", PurgeAsync);
        door.Map("POST", $"{Root}/warm", WarmAsync);
        _jobs.Map(door);
        door.Map("GET", $"{Root}/statistics", http => AdminJson.SendAsync(http, 200, WriteStatistics));
    }

    /// <summary>Cancels what is being warmed.</summary>
    public ValueTask DisposeAsync() => _warming.DisposeAsync();

    /// <summary>Whether a job has ended; for tests, which must not guess when.</summary>
    internal bool HasEnded(long id) => _warming.Find(id) is { State: not "running" };

    private async Task PurgeAsync(HttpContext http)
    {
        if (await AdminJson.ReadAsync<PurgeRequest>(http, PurgeRequest.TryRead) is not { } request)
        {
            return;
        }

        if (!HasBucket(request.Bucket))
        {
            await AdminJson.FailAsync(http, 404, $"there is no bucket \"{request.Bucket}\"");
            return;
        }

        var (bucket, isSoft, ct) = (request.Bucket, request.IsSoft, http.RequestAborted);
        try
        {
            var purged = request switch
            {
                { Key: { } key } => await _purge.KeyAsync(bucket, key, isSoft, ct),
                { Prefix: { } prefix } => await _purge.PrefixAsync(bucket, prefix, isSoft, ct),
                _ => await _purge.PatternAsync(bucket, new KeyPattern(request.Glob!), isSoft, ct),
            };
            await AdminJson.SendAsync(http, 200, json => json.WriteNumber("purged"u8, purged));
        }
        catch (IOException error)
        {
            await AdminJson.FailAsync(http, 503, error.Message);
        }
    }

    private async Task WarmAsync(HttpContext http)
    {
        if (await AdminJson.ReadAsync<WarmRequest>(http, WarmRequest.TryRead) is not { } request)
        {
            return;
        }

        if (!HasBucket(request.Bucket))
        {
            await AdminJson.FailAsync(http, 404, $"there is no bucket \"{request.Bucket}\"");
            return;
        }

        if (_warming.Begin(request.Bucket, request.Keys, request.Prefix) is not { } job)
        {
            await AdminJson.FailAsync(http, 429, $"{CacheWarming.MaxJobs} jobs run already");
            return;
        }

        await _jobs.AcceptAsync(http, job);
    }

    private bool HasBucket(string name) => _front.Options.Proxy.Buckets.Any(bucket => bucket.Name == name);

    private void WriteStatistics(Utf8JsonWriter json)
    {
        json.WriteNumber("generation"u8, Generation());
        json.WriteStartObject("buckets"u8);
        foreach (var bucket in _front.Options.Proxy.Buckets)
        {
            var of = _front.Statistics.Of(bucket.Name);
            json.WriteStartObject(bucket.Name);
            json.WriteNumber("requests"u8, of.Requests);
            json.WriteNumber("hits"u8, of.Hits);
            json.WriteNumber("misses"u8, of.Misses);
            json.WriteNumber("revalidated"u8, of.Revalidated);
            json.WriteNumber("bypassed"u8, of.Bypassed);
            json.WriteNumber("refused"u8, of.Refused);
            json.WriteNumber("failed"u8, of.Failed);
            json.WriteNumber("bytes"u8, of.Bytes);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
