using System.Buffers;
using System.Text.Json;
using Fabrik.Activation;
using Fabrik.Cache.Local;
using Fabrik.Cli;
using Fabrik.Observability.Metrics;
using Fabrik.Server.Auth;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fabrik.Composition;

/// <summary>What the routes of operators work with.</summary>
internal sealed record OperatorServices
{
    /// <summary>The process.</summary>
    public required ServingState State { get; init; }

    /// <summary>The word of this process.</summary>
    public required string Instance { get; init; }

    /// <summary>The store, whose troubles are told.</summary>
    public required LocalStore Store { get; init; }

    /// <summary>What is measured.</summary>
    public required MetricRegistry Metrics { get; init; }

    /// <summary>Who may see metrics.</summary>
    public required IRequestAuthenticator Authenticator { get; init; }
}

/// <summary>
/// Health (<c>/health</c>, <c>/ready</c>, <c>/live</c>: public, without secrets) and metrics (<c>/metrics</c>,
/// <c>/metrics.json</c>: for tokens with <c>admin</c> where tokens are required).
/// </summary>
internal static class OperatorRoutes
{
    /// <summary>Maps health.</summary>
    public static void MapHealth(IEndpointRouteBuilder routes, OperatorServices services)
    {
        Get(routes, "/health", context => WriteHealthAsync(context, services));
        Get(routes, "/ready", context => WriteWordAsync(context, services, "ready", services.State.IsReady));
        Get(routes, "/live", context => WriteWordAsync(context, services, "live", isGood: true));
    }

    /// <summary>Maps metrics.</summary>
    public static void MapMetrics(IEndpointRouteBuilder routes, OperatorServices services)
    {
        Get(routes, "/metrics", context =>
            WriteMetricsAsync(context, services, asJson: context.Request.Headers.Accept.ToString().Contains("json")));
        Get(routes, "/metrics.json", context => WriteMetricsAsync(context, services, asJson: true));
    }

    private static void Get(IEndpointRouteBuilder routes, string path, RequestDelegate answer) =>
        routes.MapMethods(path, ["GET", "HEAD"], answer);

    private static Task WriteHealthAsync(HttpContext context, OperatorServices services)
    {
        StoreStatistics store = services.Store.Statistics;
        bool isWhole = store.WriteState == WriteState.Ok;
        ArrayBufferWriter<byte> body = new();
        using (Utf8JsonWriter json = new(body))
        {
            json.WriteStartObject();
            json.WriteString("status", !services.State.IsReady ? "draining" : isWhole ? "healthy" : "degraded");
            json.WriteNumber("uptime_seconds", (long)services.State.Uptime.TotalSeconds);
            json.WriteString("version", ProductVersion.Text);
            if (!isWhole)
            {
                json.WriteString("reason", $"writes are refused: {store.WriteState}");
            }

            json.WriteEndObject();
        }

        // Degraded is still healthy: reads go on, and a restart would not mend a full disk.
        context.Response.StatusCode = services.State.IsReady ? 200 : 503;
        return WriteAsync(context, services, "application/json", body.WrittenMemory);
    }

    private static Task WriteWordAsync(HttpContext context, OperatorServices services, string word, bool isGood)
    {
        context.Response.StatusCode = isGood ? 200 : 503;
        string status = isGood ? word : $"not {word}";
        byte[] body = System.Text.Encoding.UTF8.GetBytes($"{{\"status\":\"{status}\"}}");
        return WriteAsync(context, services, "application/json", body);
    }

    private static Task WriteMetricsAsync(HttpContext context, OperatorServices services, bool asJson)
    {
        AuthOutcome outcome = services.Authenticator.Authenticate(context.Request);
        if (!outcome.TryGet(out CachePrincipal? principal))
        {
            context.Response.StatusCode = 401;
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"fabrik\"";
            return Task.CompletedTask;
        }

        if (!principal.May(Permissions.Admin))
        {
            context.Response.StatusCode = 403;
            return Task.CompletedTask;
        }

        IReadOnlyList<MetricFamily> families = services.Metrics.Collect();
        ArrayBufferWriter<byte> body = new(16 * 1024);
        if (asJson)
        {
            MetricsJson.Write(families, body);
        }
        else
        {
            PrometheusText.Write(families, body);
        }

        return WriteAsync(
            context, services, asJson ? "application/json" : PrometheusText.ContentType, body.WrittenMemory);
    }

    private static async Task WriteAsync(
        HttpContext context, OperatorServices services, string type, ReadOnlyMemory<byte> body)
    {
        HttpResponse response = context.Response;
        response.Headers[HttpDaemonProbe.InstanceHeader] = services.Instance;
        response.Headers.CacheControl = "no-store";
        response.ContentType = type;
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.Body.WriteAsync(body, context.RequestAborted);
        }
    }
}
