using Fabrik.Cache;
using Fabrik.Cache.Local.Blobs;
using Fabrik.Server.Adapters.Bazel.Explain;
using Fabrik.Server.Adapters.Serving;
using Fabrik.Server.Auth;
using Fabrik.Wire.Bazel;
using Fabrik.Wire.Protos;
using Fabrik.Wire.Protos.Bazel.V2;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fabrik.Server.Adapters.Bazel.Http;

/// <summary>
/// <c>/ac/{hash}</c>: the results of actions, as protobuf or, for who says so, as JSON. Nothing else is taken: a result
/// is only served while everything that it names is there, and of other bytes nobody could say what they name.
/// </summary>
internal sealed class ActionDoor
{
    private readonly ToolDoor _door;
    private readonly ActionResults _results;
    private readonly InlinedOutputs _inlined;

    /// <summary>Makes the door.</summary>
    public ActionDoor(ServerServices services)
    {
        var blobs = new BlobSpace(services);
        _door = new ToolDoor(services, BlobSpace.Tool, BazelHttpAnswers.Actions);
        _results = new ActionResults(services, blobs);
        _inlined = new InlinedOutputs(blobs);
    }

    /// <summary>Maps GET, HEAD and PUT.</summary>
    public void Map(IEndpointRouteBuilder routes, string route)
    {
        routes.MapMethods(route, ["GET", "HEAD"], _door.Open("read", RespondAsync));
        routes.MapMethods(route, ["PUT"], _door.Open("write", ReceiveAsync));
    }

    private async ValueTask RespondAsync(HttpContext http, CachePrincipal principal)
    {
        var isJson = ActionJson.IsWanted(http.Request);
        var key = KeyOf(http.Request);
        var request = Read(http, principal, key) with
        {
            ContentType = isJson ? ActionJson.ContentType : BazelHttp.OctetStream,
            Decorate = static (response, _) => response.Headers.Vary = "Accept",
        };
        if (!await _door.Responder.AdmitsAsync(request) || key is not { } known)
        {
            return;
        }

        var found = await _results.FindAsync(
            new ActionRequest(principal, known, RequestLabels.Of(http.Request)), http.RequestAborted);
        await _door.Responder.AnswerAsync(request, !found.TryGet(out var result, out var error) ? error
            : result is null ? default(CachedArtifact)
            : Held(request, isJson ? ActionJson.Write(result) : result.ToByteArray()));
    }

    private static MemoryArtifact Held(ArtifactRequest request, byte[] bytes) =>
        BazelHttp.Held(request.IdIn(request.WriteScope), bytes);

    private async ValueTask ReceiveAsync(HttpContext http, CachePrincipal principal)
    {
        var key = KeyOf(http.Request);
        var request = Read(http, principal, key);
        if (ContentCoding.Of(http.Request) != Coding.Identity)
        {
            _door.Faults.Refused("coding");
            await _door.Receiver.RefuseAsync(request, BazelHttpAnswers.UnknownActionCoding);
            return;
        }

        var isJson = ActionJson.IsSent(http.Request);
        var action = new ActionRequest(principal, key.GetValueOrDefault(), RequestLabels.Of(http.Request));
        await _door.Receiver.ReceiveAsync(request with
        {
            Store = async (body, digest, cancellationToken) =>
            {
                var read = await DocumentBody.ReadAsync(body, ActionResults.MaxResult, digest, cancellationToken);
                return read.TryGet(out var bytes, out var error)
                    ? await StoreAsync(action, Parse(bytes, isJson), cancellationToken)
                    : error;
            },
        });
    }

    private async ValueTask<CacheResult<PutOutcome>> StoreAsync(
        ActionRequest action, CacheResult<ActionResult> parsed, CancellationToken cancellationToken)
    {
        if (!parsed.TryGet(out var result, out var error))
        {
            return error;
        }

        if (ActionResultRules.FindFault(result) is { } fault)
        {
            return Invalid(fault);
        }

        return await _inlined.StoreAsync(action.Principal, result, cancellationToken) is { } failure
            ? failure
            : await _results.PutAsync(action, result, cancellationToken);
    }

    private static CacheResult<ActionResult> Parse(byte[] body, bool isJson)
    {
        if (isJson)
        {
            return ActionJson.TryRead(body, out var read, out var fault) ? read : Invalid(fault);
        }

        return ActionResult.Parser.TryParse(body, out var result, out var wrong)
            ? result
            : Invalid($"{wrong} What other tools keep has places of its own, such as /ccache/");
    }

    private static CacheError Invalid(string fault) =>
        CacheError.Client(CacheErrorKind.InvalidRequest, $"the body must be an ActionResult: {fault}");

    private static ActionKey? KeyOf(HttpRequest request)
    {
        var instance = BazelInstances.Of(request);
        return BazelHttp.HashOf(request) is { } hash && InstanceName.IsValid(instance, out _)
            ? new ActionKey(instance, hash)
            : null;
    }

    private static ArtifactRequest Read(HttpContext http, CachePrincipal principal, ActionKey? key) => new()
    {
        Http = http,
        Principal = principal,
        Namespace = ActionKey.Namespace,
        Key = key?.ToString(),
    };
}
