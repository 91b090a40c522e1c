using System.Buffers;
using Fabrik.Observability.Metrics;
using Fabrik.Server.Auth;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fabrik.Composition;

/// <summary>
/// <c>GET /metrics</c> in Prometheus' text form, or as JSON where the client accepts that; <c>GET /metrics.json</c>.
/// Where tokens are required, for those with <c>admin</c>.
/// </summary>
internal static class MetricsRoutes
{
    private static readonly string[] Methods = ["GET", "HEAD"];

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes, MetricRegistry metrics, IRequestAuthenticator authenticator)
    {
        routes.MapMethods("/metrics", Methods, (RequestDelegate)(context => AnswerAsync(
            context, authenticator, () => Write(metrics, PrefersJson(context.Request)))));
        routes.MapMethods("/metrics.json", Methods, (RequestDelegate)(context => AnswerAsync(
            context, authenticator, () => Write(metrics, asJson: true))));
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

    private static async Task AnswerAsync(
        HttpContext context, IRequestAuthenticator authenticator, Func<(string Type, ReadOnlyMemory<byte> Body)> write)
    {
        if (!OperatorDoor.TryEnter(context, authenticator))
        {
            return;
        }

        HttpResponse response = context.Response;
        (response.ContentType, ReadOnlyMemory<byte> body) = write();
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.BodyWriter.WriteAsync(body, context.RequestAborted);
        }
    }
}
