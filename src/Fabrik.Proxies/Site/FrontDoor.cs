using Fabrik.Proxies.Admin;
using Fabrik.Proxies.Configuration;
using Fabrik.Proxies.Serving;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Fabrik.Proxies.Site;

/// <summary>
/// What a listener hands every request to: (1) a page's question what it may do is answered; (2) a path that ends in a
/// slash becomes that of its document; (3) the proxy answers; (4) a document stands in for what is absent, once;
/// (5) the request is counted and logged.
/// </summary>
public sealed class FrontDoor : IAsyncDisposable
{
    // What a client knows of the one document has no meaning for the other.
    private static readonly string[] Conditions =
        ["If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range", "Range"];

    private readonly ProxyDoor _door;
    private readonly RequestDelegate _inner;
    private readonly AccessLog _log;
    private volatile Front _front;

    /// <summary>Opens it.</summary>
    public FrontDoor(ProxyServices services, FrontOptions options)
    {
        _door = new ProxyDoor(services, options.Proxy);
        _inner = _door.Handler;
        _log = new AccessLog(services.Logs.CreateLogger("Fabrik.Proxies.Access"), services.Time);
        _front = new Front(options, new BucketRoutes(_door.Buckets));
    }

    /// <summary>What a listener calls for every request.</summary>
    public RequestDelegate Handler => HandleAsync;

    /// <summary>What buckets have served since the start.</summary>
    public StatisticsTable Statistics { get; } = new();

    /// <summary>The settings that hold.</summary>
    public FrontOptions Options => _front.Options;

    internal ProxyDoor Door => _door;

    /// <summary>Replaces the settings for all requests to come.</summary>
    public void Reload(FrontOptions options)
    {
        _door.Reload(options.Proxy);
        _front = new Front(options, new BucketRoutes(_door.Buckets));
    }

    /// <summary>Waits until the heads that were changed before are in the store.</summary>
    public Task FlushAsync() => _door.FlushAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _door.DisposeAsync();

    private async Task HandleAsync(HttpContext http)
    {
        var front = _front;
        var started = _log.Start();
        Transfer.Begin(http);
        var target = RawTarget.Of(http);
        var route = target is null ? null : front.Routes.Find(http.Request.Host.Value ?? "", target);
        try
        {
            if (route is not { } found)
            {
                await _inner(http);
                return;
            }

            await ServeAsync(http, front, new Address(found.Bucket.Options, target!, found.Target));
        }
        finally
        {
            Count(http, front, route, started);
        }
    }

    private async Task ServeAsync(HttpContext http, Front front, Address address)
    {
        if (front.Options.Cors.TryGetValue(address.Bucket.Name, out var cors))
        {
            if (CorsRule.IsPreflight(http.Request))
            {
                cors.AnswerPreflight(http);
                return;
            }

            http.Response.OnStarting(() =>
            {
                cors.Write(http);
                return Task.CompletedTask;
            });
        }

        if (!front.Options.Sites.TryGetValue(address.Bucket.Name, out var site) || !IsRead(http.Request))
        {
            await _inner(http);
            return;
        }

        if (site.IndexDocument.Length > 0 && address.IsRootWithoutSlash)
        {
            // Relative links of the document would lead out of it.
            http.Response.StatusCode = StatusCodes.Status302Found;
            http.Response.Headers.Location = address.WithSlash();
            return;
        }

        var target = site.WithIndex(address.Inner);
        address.Set(http, target);
        var fallback = site.FallbackOf(target);
        Absence absence = new();
        if (fallback is not null)
        {
            http.Features.Set(absence);
        }

        await _inner(http);
        if (absence.WasFound && fallback is { } document)
        {
            await StandInAsync(http, address, document);
        }
    }

    private async Task StandInAsync(HttpContext http, Address address, (string Target, int Status) document)
    {
        http.Response.StatusCode = StatusCodes.Status200OK;
        foreach (var condition in Conditions)
        {
            http.Request.Headers.Remove(condition);
        }

        http.Response.OnStarting(() =>
        {
            if (http.Response.StatusCode == StatusCodes.Status200OK)
            {
                http.Response.StatusCode = document.Status;
            }

            return Task.CompletedTask;
        });
        address.Set(http, document.Target);
        await _inner(http);
    }

    private void Count(HttpContext http, Front front, (Bucket Bucket, string Target)? route, long started)
    {
        var cache = CacheLabel.Of(http.Response.Headers[Wire.Http.Caching.CacheStatus.FieldName]);
        AccessRecord record = new(http)
        {
            Bucket = route?.Bucket.Name ?? "",
            Key = route is { } found
                ? RawTarget.Without(found.Target, found.Bucket.Options.HiddenParameters)
                : "",
            Cache = cache,
        };
        if (route is { } served)
        {
            Statistics.Of(served.Bucket.Name).Count(record);
        }

        if (front.Options.LogsAccess)
        {
            _log.Write(record, started);
        }
    }

    private static bool IsRead(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);

    private sealed record Front(FrontOptions Options, BucketRoutes Routes);

    // Where a request came in, so that another document of the same bucket can be asked for.
    private readonly record struct Address(ProxyBucketOptions Bucket, string Target, string Inner)
    {
        private string Prefix => Target == Inner ? "" : (Bucket.PathPrefix ?? "").TrimEnd('/');

        // The path is the prefix and nothing more.
        public bool IsRootWithoutSlash =>
            Prefix.Length > 0 && (Target.Length == Prefix.Length || Target[Prefix.Length] == '?');

        public string WithSlash() => $"{Prefix}/{Target.AsSpan(Prefix.Length)}";

        public void Set(HttpContext http, string inner)
        {
            if (inner != Inner)
            {
                http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = Prefix + inner;
            }
        }
    }
}
