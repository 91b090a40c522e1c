using System.Collections.Frozen;
using Fabrik.Cache;
using Fabrik.Server.Adapters.Serving;
using Fabrik.Server.Auth;
using Fabrik.Wire.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fabrik.Server.Adapters.Http;

/// <summary>
/// Plain HTTP and as much WebDAV as ccache and sccache need. One instance for each prefix, so that tools that could
/// choose the same path do not meet. See docs/protocols/http.md.
/// </summary>
internal sealed class HttpAdapter
{
    /// <summary>The name that entries under <c>/http/</c> are stored by.</summary>
    public const string Plain = "http";

    /// <summary>The name that entries under <c>/ccache/</c> are stored by.</summary>
    public const string Ccache = "ccache";

    /// <summary>The name that entries under <c>/webdav/</c> are stored by.</summary>
    public const string Webdav = "webdav";

    /// <summary>The first segments of paths, of which the adapter has whatever comes behind them.</summary>
    public static readonly FrozenSet<string> Prefixes =
        new[] { Plain, Ccache, Webdav, "cache" }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Every method of the adapter, as <c>Allow</c> says it.</summary>
    private const string AllMethods = "GET, HEAD, PUT, DELETE, OPTIONS, PROPFIND, MKCOL";

    private readonly ServerServices _services;
    private readonly ToolDoor _door;
    private readonly string _namespace;

    private HttpAdapter(ServerServices services, string name)
    {
        _services = services;
        _namespace = name;
        _door = new ToolDoor(services, name, HttpAnswers.Table);
    }

    /// <summary>Maps the adapter's routes.</summary>
    public static void Map(IEndpointRouteBuilder routes, ServerServices services)
    {
        var plain = new HttpAdapter(services, Plain);
        plain.MapUnder(routes, "/http/{**path}");
        plain.MapUnder(routes, "/cache/{first}/{second}/{**path}");
        new HttpAdapter(services, Ccache).MapUnder(routes, "/ccache/{**path}");
        new HttpAdapter(services, Webdav).MapUnder(routes, "/webdav/{**path}");
    }

    private void MapUnder(IEndpointRouteBuilder routes, string route)
    {
        _door.MapArtifacts(routes, route, Read);
        routes.MapMethods(route, ["DELETE"], _door.Open("delete", DeleteAsync));
        routes.MapMethods(route, ["PROPFIND"], _door.Open("propfind", FindPropertiesAsync));
        routes.MapMethods(route, ["MKCOL"], _door.Open("mkcol", MakeCollectionAsync));
        routes.MapMethods(route, ["OPTIONS"], (RequestDelegate)AnswerOptions);
    }

    private ArtifactRequest Read(HttpContext http, CachePrincipal principal) => new()
    {
        Http = http,
        Principal = principal,
        Namespace = _namespace,
        Key = HttpPath.Read(http) is { IsCollection: false, Path: var path } ? path : null,
        Decorate = static (response, info) => response.Headers.LastModified = HttpDate.Format(info.CreatedAt),
    };

    private async ValueTask DeleteAsync(HttpContext http, CachePrincipal principal)
    {
        var request = Read(http, principal);
        if (!principal.May(Permissions.Delete))
        {
            await RefuseAsync(http, HttpAnswers.DeleteForbidden, "forbidden");
            return;
        }

        if (request.Key is null)
        {
            await RefuseAsync(http, HttpAnswers.BadPath, "bad_key");
            return;
        }

        var id = request.IdIn(principal.WriteScope);
        var cache = _services.CacheOf(principal);
        var condition = WriteCondition.Of(http.Request, RequestConditions.TagOf);
        var result = condition is null
            ? await cache.DeleteAsync(id, http.RequestAborted)
            : await cache.DeleteIfAsync(id, condition.Holds, http.RequestAborted);
        if (!result.TryGet(out var deleted, out var error))
        {
            await (condition is not null && error.Kind == CacheErrorKind.Conflict
                ? RefuseAsync(http, _door.Answers.ConditionFailed, "condition_failed")
                : FailAsync(http, error));
            return;
        }

        await _door.Answers.SendAsync(http.Response, deleted ? HttpAnswers.Deleted : HttpAnswers.NotFound);
    }

    private async ValueTask FindPropertiesAsync(HttpContext http, CachePrincipal principal)
    {
        if (!principal.May(Permissions.Read))
        {
            await RefuseAsync(http, _door.Answers.ReadForbidden, "forbidden");
            return;
        }

        if (HttpPath.Read(http) is not { } path)
        {
            await RefuseAsync(http, HttpAnswers.BadPath, "bad_key");
            return;
        }

        if (http.Request.Headers["Depth"] is not ["0"])
        {
            await RefuseAsync(http, HttpAnswers.DepthForbidden, "bad_depth");
            return;
        }

        if (path.IsCollection)
        {
            await MultiStatus.SendAsync(http, null, _services.Time.GetUtcNow());
            return;
        }

        var found = await _door.Responder.StatAsync(Read(http, principal));
        if (!found.TryGet(out var info, out var error))
        {
            _door.Faults.Report(error);
            await _door.Answers.SendAsync(http.Response, _door.Answers.ReadFault(error.Kind), error.Message);
        }
        else if (info is null)
        {
            await _door.Answers.SendAsync(http.Response, HttpAnswers.NotFound);
        }
        else
        {
            await MultiStatus.SendAsync(http, info, info.CreatedAt);
        }
    }

    // A collection is nothing but the slash in a path; making one succeeds wherever writing could.
    private async ValueTask MakeCollectionAsync(HttpContext http, CachePrincipal principal)
    {
        if (!principal.May(Permissions.Write))
        {
            await RefuseAsync(http, _door.Answers.WriteForbidden, "forbidden");
            return;
        }

        if (HttpPath.Read(http) is null)
        {
            await RefuseAsync(http, HttpAnswers.BadPath, "bad_key");
            return;
        }

        await _door.Answers.SendAsync(http.Response, HttpAnswers.Created);
    }

    private Task FailAsync(HttpContext http, CacheError error)
    {
        _door.Faults.Report(error);
        return _door.Answers.SendAsync(http.Response, _door.Answers.WriteFault(error.Kind), error.Message);
    }

    private Task RefuseAsync(HttpContext http, Answer answer, string kind)
    {
        _door.Faults.Refused(kind);
        return _door.Answers.SendAsync(http.Response, answer);
    }

    private static Task AnswerOptions(HttpContext http)
    {
        http.Response.Headers["DAV"] = "1";
        http.Response.Headers.Allow = AllMethods;
        http.Response.ContentLength = 0;
        return Task.CompletedTask;
    }
}
