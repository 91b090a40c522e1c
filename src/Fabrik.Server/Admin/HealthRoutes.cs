using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fabrik.Server.Admin;

/// <summary>
/// The public health routes: <c>GET /health</c> says status, uptime and version; <c>/ready</c> whether requests are
/// taken (200 or 503); <c>/live</c> that the process runs.
/// </summary>
public static class HealthRoutes
{
    private static readonly string[] Methods = ["GET", "HEAD"];

    /// <summary>Maps the routes; none of them asks for a token.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes, HealthServices services)
    {
        ArgumentNullException.ThrowIfNull(routes);
        ArgumentNullException.ThrowIfNull(services);
        var start = services.Time.GetTimestamp();
        routes.MapMethods("/health", Methods, (RequestDelegate)(http => AnswerHealthAsync(http, services, start)));
        routes.MapMethods("/ready", Methods, (RequestDelegate)(http => AnswerReadyAsync(http, services)));
        routes.MapMethods("/live", Methods, (RequestDelegate)(http => AnswerLiveAsync(http, services)));
    }

    // 200 as long as something answers at all: whoever should stop sending requests asks /ready.
    private static Task AnswerHealthAsync(HttpContext http, HealthServices services, long start)
    {
        var notReady = services.NotReady();
        var degraded = services.Degraded();
        return SendAsync(http, services, StatusCodes.Status200OK, json =>
        {
            var limited = degraded is null ? "healthy" : "degraded";
            json.WriteString("status"u8, notReady is null ? limited : "not_ready");
            json.WriteNumber("uptime_seconds"u8, (long)services.Time.GetElapsedTime(start).TotalSeconds);
            json.WriteString("version"u8, services.Version);
            if ((notReady ?? degraded) is { } reason)
            {
                json.WriteString("reason"u8, reason);
            }
        });
    }

    private static Task AnswerReadyAsync(HttpContext http, HealthServices services) =>
        services.NotReady() is { } reason
            ? SendAsync(http, services, StatusCodes.Status503ServiceUnavailable, json =>
            {
                json.WriteString("status"u8, "not_ready");
                json.WriteString("reason"u8, reason);
            })
            : SendAsync(http, services, StatusCodes.Status200OK, static json => json.WriteString("status"u8, "ready"));

    private static Task AnswerLiveAsync(HttpContext http, HealthServices services) =>
        SendAsync(http, services, StatusCodes.Status200OK, static json => json.WriteString("status"u8, "live"));

    private static async Task SendAsync(
        HttpContext http, HealthServices services, int status, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        await using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.ContentLength = buffer.WrittenCount;
        http.Response.Headers.CacheControl = "no-store";
        foreach (var (name, value) in services.Headers)
        {
            http.Response.Headers[name] = value;
        }

        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.BodyWriter.WriteAsync(buffer.WrittenMemory, http.RequestAborted);
        }
    }
}
