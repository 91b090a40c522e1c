using Fabrik.Server.Adapters.Serving;
using Fabrik.Server.Auth;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fabrik.Server.Adapters.Nx;

/// <summary>Nx' self-hosted remote cache. See docs/protocols/nx.md.</summary>
internal static class NxAdapter
{
    private const string Tool = "nx";
    private const string Route = "/v1/cache/{hash}";

    /// <summary>Maps the adapter's routes.</summary>
    public static void Map(IEndpointRouteBuilder routes, ServerServices services) =>
        new ToolDoor(services, Tool, NxAnswers.Table).MapArtifacts(routes, Route, Read);

    // Hashes are decimal numbers today, were hex before, and are opaque in Nx' own description.
    private static ArtifactRequest Read(HttpContext http, CachePrincipal principal) => new()
    {
        Http = http,
        Principal = principal,
        Namespace = Tool,
        Key = KeyGrammar.TokenOrNull((string?)http.Request.RouteValues["hash"]),
    };
}
