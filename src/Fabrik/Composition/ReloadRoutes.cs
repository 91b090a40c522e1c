using System.Text.Json;
using Fabrik.Server.Admin;
using Fabrik.Server.Auth;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fabrik.Composition;

/// <summary>
/// <c>POST /api/v1/reload</c>, which does as SIGHUP does, and says how it went: 200, or 422 with what is wrong.
/// </summary>
internal static class ReloadRoutes
{
    /// <summary>Maps the route.</summary>
    /// <param name="routes">Where to.</param>
    /// <param name="authenticator">Decides who may.</param>
    /// <param name="reload">Loads again; null while that is not possible yet.</param>
    public static void Map(
        IEndpointRouteBuilder routes, IRequestAuthenticator authenticator, Func<Func<Task<ReloadOutcome>>?> reload) =>
        new OperatorDoor(routes, authenticator).Map("POST", "/api/v1/reload", async context =>
        {
            if (reload() is not { } now)
            {
                await AdminJson.FailAsync(
                    context, StatusCodes.Status503ServiceUnavailable, "the process is starting: try again");
                return;
            }

            await AnswerAsync(context, await now());
        });

    private static Task AnswerAsync(HttpContext context, ReloadOutcome outcome)
    {
        int status = outcome.Problems.Count == 0
            ? StatusCodes.Status200OK
            : StatusCodes.Status422UnprocessableEntity;
        return AdminJson.SendAsync(context, status, json =>
        {
            json.WriteNumber("generation"u8, outcome.Generation);
            Write(json, "errors", outcome.Problems);
            Write(json, "changed", outcome.Changed);
            Write(json, "need_restart", outcome.NeedRestart);
        });
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
