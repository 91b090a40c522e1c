using Fabrik.Proxies.Configuration;
using Fabrik.Proxies.Telemetry;
using Fabrik.Wire.Http.Caching;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fabrik.Proxies.Serving;

/// <summary>
/// What every request goes through: (1) its bucket is found; (2) its method is one that the bucket takes; (3) limits;
/// (4) who asks may; (5) its key is made; (6) the cache answers, or it passes by.
/// </summary>
internal sealed partial class ProxyPipeline(
    CachedReads reads, Forwarder forwarder, ProxyMetrics metrics, TimeProvider time, ILogger logger)
{
    private const string NoBucket = "none";

    /// <summary>Answers a request under a snapshot.</summary>
    public async Task HandleAsync(HttpContext http, ProxySnapshot snapshot)
    {
        metrics.Started();
        var startedAt = time.GetTimestamp();
        var name = NoBucket;
        ProxyRequest? request = null;
        try
        {
            var target = RawTarget.Of(http);
            if (target is null || snapshot.Routes.Find(http.Request, target) is not { } route)
            {
                await ProxyAnswers.SendAsync(http, 404, "NoSuchBucket", "nothing is served under this address");
                return;
            }

            name = route.Bucket.Name;
            OriginTraces.NameRequest(name, ProxyMetrics.KnownMethod(http.Request.Method));
            request = new ProxyRequest(
                http, route.Bucket, RawTarget.Without(route.Target, route.Bucket.Options.HiddenParameters))
            {
                StartedAt = startedAt,
            };
            await AdmitAsync(request);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client has left.
        }
        catch (Exception error) when (!http.RequestAborted.IsCancellationRequested)
        {
            LogCrash(name, http.TraceIdentifier, error);
            await FailAsync(http);
        }
        finally
        {
            metrics.Ended(name, http.Request.Method, http.Response.StatusCode, request?.CacheLabel ?? NoBucket);
        }
    }

    private ValueTask AdmitAsync(ProxyRequest request)
    {
        var http = request.Http;
        if (request.Bucket.IsS3 && !IsRead(http.Request.Method))
        {
            http.Response.Headers.Allow = "GET, HEAD, OPTIONS";
            return new ValueTask(
                ProxyAnswers.SendAsync(http, 405, "MethodNotAllowed", "objects can be read only"));
        }

        return request.Bucket.Options.Limit is { } limit
            ? LimitAsync(request, limit)
            : AuthoriseAsync(request);
    }

    private async ValueTask LimitAsync(ProxyRequest request, IRequestLimit limit)
    {
        var (http, options) = (request.Http, request.Bucket.Options);
        if (!limit.TryEnter(http, out var refusal))
        {
            metrics.Denied(options.Name, refusal.IsFull ? "full" : "limit");
            await ProxyAnswers.TooManyAsync(http, refusal);
            return;
        }

        try
        {
            await AuthoriseAsync(request);
        }
        finally
        {
            limit.Leave(http);
        }
    }

    private ValueTask AuthoriseAsync(ProxyRequest request) =>
        request.Bucket.Options.Access is { } access ? AuthoriseAsync(request, access) : ServeAsync(request);

    private async ValueTask AuthoriseAsync(ProxyRequest request, IAccessRule access)
    {
        var (http, options) = (request.Http, request.Bucket.Options);
        var decision = await access.DecideAsync(http, request.Aborted);
        switch (decision.Verdict)
        {
            case AccessVerdict.Allowed:
                await ServeAsync(request);
                break;
            case AccessVerdict.Unauthenticated:
                metrics.Denied(options.Name, decision.Reason ?? "unauthenticated");
                http.Response.Headers.WWWAuthenticate = decision.Challenge ?? "Bearer";
                await ProxyAnswers.SendAsync(http, 401, "Unauthorized", "a valid token is needed");
                break;
            default:
                metrics.Denied(options.Name, decision.Reason ?? "forbidden");
                await ProxyAnswers.SendAsync(http, 403, "Forbidden", "the token does not allow this");
                break;
        }
    }

    private ValueTask ServeAsync(ProxyRequest request)
    {
        var (http, bucket) = (request.Http, request.Bucket);
        var method = http.Request.Method;
        if (bucket.IsS3 && HttpMethods.IsOptions(method))
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            http.Response.Headers.Allow = "GET, HEAD, OPTIONS";
            return ValueTask.CompletedTask;
        }

        if (!HttpMethods.IsGet(method) && !HttpMethods.IsHead(method))
        {
            request.Status = new CacheStatus { Forward = ForwardReason.Method };
            return forwarder.ForwardAsync(request);
        }

        return !bucket.Options.Cache.IsEnabled
            || (bucket.IsS3 && !S3Addresses.IsObject(request.Key.Target, http.Request.Headers))
                ? forwarder.ForwardAsync(request)
                : reads.ServeAsync(request);
    }

    private static bool IsRead(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    private static Task FailAsync(HttpContext http)
    {
        if (http.Response.HasStarted || http.Response.BodyWriter.UnflushedBytes > 0)
        {
            http.Abort();
            return Task.CompletedTask;
        }

        http.Response.Clear();
        return ProxyAnswers.SendAsync(http, 500, "InternalError", "the proxy failed");
    }

    [LoggerMessage(6101, LogLevel.Error, "Bucket {Bucket}: request {RequestId} ended with an unexpected exception")]
    private partial void LogCrash(string bucket, string requestId, Exception error);
}
