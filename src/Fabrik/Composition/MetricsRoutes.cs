using System.Buffers;
using Fabrik.Observability.Metrics;
using Fabrik.Server.Admin;
using Fabrik.Server.Auth;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fabrik.Composition;

/// <summary>
/// <c>GET /metrics</c> in Prometheus' text form, or as JSON where the client accepts that; <c>GET /metrics.json</c>.
/// Where tokens are required, for those with <c>admin</c>.
/// </summary>
internal static class MetricsRoutes
{
    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes, MetricRegistry metrics, IRequestAuthenticator authenticator)
    {
        OperatorDoor door = new(routes, authenticator);
        door.Map("GET", "/metrics", context => AnswerAsync(context, Write(metrics, PrefersJson(context.Request))));
        door.Map("GET", "/metrics.json", context => AnswerAsync(context, Write(metrics, asJson: true)));
    }

    // A browser and Prometheus accept anything, which includes JSON: only who names it first wants it.
    private static bool PrefersJson(HttpRequest request) =>
        request.Headers.Accept is [{ } accept]
        && accept.StartsWith("application/json", StringComparison.OrdinalIgnoreCase);

    private static (string Type, ReadOnlyMemory<byte> Body) Write(MetricRegistry metrics, bool asJson)
    {
        IReadOnlyList<MetricFamily> families = metrics.Collect();
        ArrayBufferWriter<byte> body = new(16 * 1024);
        if (asJson)
        {
            MetricsJson.Write(families, body);
            return ("application/json", body.WrittenMemory);
        }

        PrometheusText.Write(families, body);
        return (PrometheusText.ContentType, body.WrittenMemory);
    }

    private static async Task AnswerAsync(HttpContext context, (string Type, ReadOnlyMemory<byte> Body) document)
    {
        HttpResponse response = context.Response;
        (response.ContentType, ReadOnlyMemory<byte> body) = document;
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.BodyWriter.WriteAsync(body, context.RequestAborted);
        }
    }
}
