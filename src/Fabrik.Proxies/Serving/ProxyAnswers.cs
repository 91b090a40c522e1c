using System.Globalization;
using System.Text.Json;
using Fabrik.Proxies.Configuration;
using Fabrik.Proxies.Origins;
using Fabrik.Proxies.Site;
using Fabrik.Proxies.Storage;
using Fabrik.Proxies.Telemetry;
using Fabrik.Wire.Http.Caching;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Proxies.Serving;

/// <summary>What clients are told besides what the origin has: a JSON document that gives nothing away.</summary>
internal sealed class ProxyAnswers(ProxyMetrics metrics, string cacheName)
{
    /// <summary>The header that names a request in logs and answers.</summary>
    public const string RequestIdHeader = "x-request-id";

    /// <summary>Sends an error.</summary>
    public static async Task SendAsync(HttpContext http, int status, string code, string message)
    {
        var response = http.Response;
        response.StatusCode = status;
        response.Headers[RequestIdHeader] = http.TraceIdentifier;
        response.Headers.CacheControl = "no-store";
        response.ContentType = "application/json";
        using var document = new MemoryStream();
        await using (var json = new Utf8JsonWriter(document))
        {
            json.WriteStartObject();
            json.WriteStartObject("error"u8);
            json.WriteString("code"u8, code);
            json.WriteString("message"u8, message);
            json.WriteString("request_id"u8, http.TraceIdentifier);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        response.ContentLength = document.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await response.Body.WriteAsync(document.GetBuffer().AsMemory(0, (int)document.Length), http.RequestAborted);
        }
    }

    /// <summary>
    /// Sends what a limit says: 503 where as many are served as can be, 429 where too often is asked.
    /// </summary>
    public static Task TooManyAsync(HttpContext http, LimitRefusal refusal)
    {
        var seconds = Math.Max(1, (long)Math.Ceiling(refusal.RetryAfter?.TotalSeconds ?? 1));
        http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return refusal.IsFull
            ? SendAsync(http, 503, "TooManyConnections", "as many are served as can be; try later")
            : SendAsync(http, 429, "TooManyRequests", "more was asked than is allowed; try later");
    }

    /// <summary>Sends what a failure of the origin is to the client.</summary>
    public Task FaultAsync(ProxyRequest request, OriginFault fault)
    {
        metrics.Faulted(request.Bucket.Name, fault.Kind.ToString());
        WriteStatus(request);
        if (fault.RetryAfter is { } pause)
        {
            request.Http.Response.Headers.RetryAfter =
                Math.Ceiling(pause.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        return fault.Kind switch
        {
            OriginFaultKind.Timeout =>
                SendAsync(request.Http, 504, "OriginTimeout", "the origin did not answer in time"),
            OriginFaultKind.Overloaded or OriginFaultKind.LeftAlone =>
                SendAsync(request.Http, 503, "OriginUnavailable", "the origin takes no more requests for now"),
            _ => SendAsync(request.Http, 502, "OriginFailed", "the origin could not be asked"),
        };
    }

    /// <summary>Sends what an answer of an object store other than success is to the client.</summary>
    public Task RefusalAsync(ProxyRequest request, int status)
    {
        if (status is 403 or 404 or 410 && Absence.TryTake(request.Http))
        {
            return Task.CompletedTask;
        }

        WriteStatus(request);
        var http = request.Http;
        return status switch
        {
            403 when !request.Bucket.Options.Errors.ShowsDeniedAsAbsent =>
                SendAsync(http, 403, "Forbidden", "the origin does not give this object out"),
            403 or 404 or 410 => SendAsync(http, 404, "NotFound", "there is no such object"),
            412 => SendAsync(http, 412, "PreconditionFailed", "a condition of the request does not hold"),
            416 => SendAsync(http, 416, "RangeNotSatisfiable", "the range lies behind the end of the object"),
            >= 400 and < 500 => SendAsync(http, 400, "BadRequest", "the origin does not understand the request"),
            _ => SendAsync(http, 502, "OriginFailed", "the origin answered in a way that is of no use"),
        };
    }

    /// <summary>504: the client wanted nothing but what is stored.</summary>
    public Task UnavailableAsync(ProxyRequest request)
    {
        WriteStatus(request);
        return SendAsync(request.Http, 504, "NotStored", "nothing is stored that answers the request");
    }

    /// <summary>Writes the head of a stored answer, with the cache's part in it.</summary>
    public void WriteHead(ProxyRequest request, PreparedHead head, TimeSpan age)
    {
        var headers = request.Http.Response.Headers;
        head.Write(headers, request.Status with { Cache = cacheName }, age);
        headers[RequestIdHeader] = request.Http.TraceIdentifier;
    }

    /// <summary>Writes the cache's part in the answer.</summary>
    public void WriteStatus(ProxyRequest request, string? received = null)
    {
        var status = request.Status with { Cache = cacheName };
        request.Http.Response.Headers[CacheStatus.FieldName] = status.AppendTo(received);
        request.Http.Response.Headers[RequestIdHeader] = request.Http.TraceIdentifier;
    }
}
