using Fabrik.Server.Adapters.Serving;
using Fabrik.Server.Auth;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fabrik.Server.Adapters.Gradle;

/// <summary>Gradle's HTTP build cache, and everything that copied it. See docs/protocols/gradle.md.</summary>
internal static class GradleAdapter
{
    private const string Tool = "gradle";
    private const string Route = "/cache/{key}";

    /// <summary>Maps the adapter's routes.</summary>
    public static void Map(IEndpointRouteBuilder routes, ServerServices services) =>
        new ToolDoor(services, Tool, GradleAnswers.Table).MapArtifacts(routes, Route, Read);

    private static ArtifactRequest Read(HttpContext http, CachePrincipal principal) => new()
    {
        Http = http,
        Principal = principal,
        Namespace = Tool,
        Key = KeyGrammar.HexOrNull((string?)http.Request.RouteValues["key"]),
    };
}
