using Fabrik.Server.Auth;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fabrik.Server.Admin;

/// <summary>
/// Routes for operators: where tokens are required, for those with <c>admin</c>. Who is turned away is told why, in the
/// form of <see cref="AdminJson.FailAsync"/>.
/// </summary>
/// <param name="routes">Where they are mapped.</param>
/// <param name="operators">Decides who may ask.</param>
public sealed class OperatorDoor(IEndpointRouteBuilder routes, IRequestAuthenticator operators)
{
    /// <summary>Maps a route.</summary>
    /// <param name="method">GET, which is for HEAD too, POST or DELETE.</param>
    /// <param name="path">Its path.</param>
    /// <param name="answer">Answers those who may ask.</param>
    public void Map(string method, string path, RequestDelegate answer)
    {
        string[] methods = HttpMethods.IsGet(method) ? [method, HttpMethods.Head] : [method];
        routes.MapMethods(path, methods, (RequestDelegate)(http => EnterAsync(http, answer)));
    }

    private Task EnterAsync(HttpContext http, RequestDelegate answer)
    {
        if (PageRequests.IsChange(http.Request))
        {
            return AdminJson.FailAsync(http, StatusCodes.Status403Forbidden, PageRequests.Refusal);
        }

        var outcome = operators.Authenticate(http.Request);
        if (!outcome.TryGet(out var principal))
        {
            http.Response.Headers.WWWAuthenticate = AuthChallenge.For(outcome.Failure);
            return AdminJson.FailAsync(http, StatusCodes.Status401Unauthorized, "a valid token is needed");
        }

        if (principal.May(Permissions.Admin))
        {
            return answer(http);
        }

        http.Response.Headers.WWWAuthenticate = AuthChallenge.InsufficientScope(Permissions.Admin);
        return AdminJson.FailAsync(
            http, StatusCodes.Status403Forbidden, "the token does not have the permission admin");
    }
}
