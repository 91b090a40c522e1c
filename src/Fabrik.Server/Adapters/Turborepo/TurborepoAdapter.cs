using Fabrik.Cache;
using Fabrik.Server.Adapters.Serving;
using Fabrik.Server.Auth;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fabrik.Server.Adapters.Turborepo;

/// <summary>Turborepo's remote cache, version 8 of its API. See docs/protocols/turborepo.md.</summary>
internal sealed class TurborepoAdapter
{
    private const string Tool = "turborepo";
    private const string Artifacts = "/v8/artifacts";
    private const string Artifact = "/v8/artifacts/{hash}";
    private const string Events = "/v8/artifacts/events";
    private const string Status = "/v8/artifacts/status";

    private readonly ServerServices _services;
    private readonly ToolDoor _door;
    private readonly TurborepoQuery _query;

    private TurborepoAdapter(ServerServices services)
    {
        _services = services;
        _door = new ToolDoor(services, Tool, TurborepoAnswers.Table);
        _query = new TurborepoQuery(services, _door, Read);
    }

    /// <summary>Maps the adapter's routes.</summary>
    public static void Map(IEndpointRouteBuilder routes, ServerServices services)
    {
        var adapter = new TurborepoAdapter(services);
        var door = adapter._door;
        routes.MapMethods(Artifact, ["GET", "HEAD"], door.Open("read", (http, principal) =>
            door.Responder.RespondAsync(Read(http, principal, HashOf(http)))));
        routes.MapMethods(Artifact, ["PUT"], door.Open("write", adapter.ReceiveAsync));
        routes.MapMethods(Artifacts, ["POST"], door.Open("query", adapter._query.AnswerAsync));
        routes.MapMethods(Events, ["POST"], door.Open("events", adapter.TakeEventsAsync));
        routes.MapMethods(Status, ["GET"], door.Open("status", static (http, _) =>
            SendJsonAsync(http.Response, "{\"status\":\"enabled\"}"u8.ToArray())));
        foreach (var route in new[] { Artifacts, Artifact, Events, Status })
        {
            routes.MapMethods(route, ["OPTIONS"], (RequestDelegate)AnswerPreflight);
        }
    }

    /// <summary>Sends a document with status 200.</summary>
    internal static async ValueTask SendJsonAsync(HttpResponse response, ReadOnlyMemory<byte> document)
    {
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = document.Length;
        await response.BodyWriter.WriteAsync(document);
    }

    private static string? HashOf(HttpContext http) => (string?)http.Request.RouteValues["hash"];

    private static ArtifactRequest Read(HttpContext http, CachePrincipal principal, string? hash) => new()
    {
        Http = http,
        Principal = principal,
        Namespace = Tool,
        Key = TurborepoTeam.KeyOf(http.Request.Query, KeyGrammar.TokenOrNull(hash)),
        Decorate = TurborepoHeaders.Echo,
    };

    private async ValueTask ReceiveAsync(HttpContext http, CachePrincipal principal)
    {
        var request = Read(http, principal, HashOf(http));
        if (TurborepoHeaders.TryRead(http.Request.Headers, out var properties, out var reason))
        {
            await _door.Receiver.ReceiveAsync(request with { Properties = properties });
            return;
        }

        _door.Faults.Refused("bad_header");
        await _door.Receiver.RefuseAsync(request, _door.Answers.WriteFault(CacheErrorKind.InvalidRequest), reason);
    }

    // The events are the client's own statistics; ours come from what it asks.
    private async ValueTask TakeEventsAsync(HttpContext http, CachePrincipal principal)
    {
        var body = new UnwantedBody(http, _services);
        await body.TakeInAsync(_services.Options.MaxDocumentSize);
        await body.AnswerAsync(
            () => SendJsonAsync(http.Response, "{}"u8.ToArray()).AsTask(), UnwantedBody.MinLingerBytes);
    }

    // With --preflight the client asks before each request whether it may send Authorization. Nothing is given away
    // by the answer, so it needs no token.
    private static Task AnswerPreflight(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.AccessControlAllowOrigin = "*";
        headers.AccessControlAllowMethods = "GET, HEAD, PUT, POST, OPTIONS";
        headers.AccessControlAllowHeaders = TurborepoHeaders.Allowed;
        http.Response.ContentLength = 0;
        return Task.CompletedTask;
    }
}
