using Fabrik.Server.Admin;
using Fabrik.Server.Auth;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Composition;

/// <summary>Who may ask what operators ask: where tokens are required, those with <c>admin</c>.</summary>
internal static class OperatorDoor
{
    /// <summary>Lets a request in, or answers it.</summary>
    public static bool TryEnter(HttpContext context, IRequestAuthenticator authenticator)
    {
        HttpResponse response = context.Response;
        if (PageRequests.IsChange(context.Request))
        {
            response.StatusCode = StatusCodes.Status403Forbidden;
            return false;
        }

        AuthOutcome outcome = authenticator.Authenticate(context.Request);
        if (!outcome.TryGet(out CachePrincipal? principal))
        {
            response.StatusCode = StatusCodes.Status401Unauthorized;
            response.Headers.WWWAuthenticate = AuthChallenge.For(outcome.Failure);
            return false;
        }

        if (principal.May(Permissions.Admin))
        {
            return true;
        }

        response.StatusCode = StatusCodes.Status403Forbidden;
        response.Headers.WWWAuthenticate = AuthChallenge.InsufficientScope(Permissions.Admin);
        return false;
    }
}
