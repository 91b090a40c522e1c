using Fabrik.Server.Adapters.Bazel.Explain;
using Fabrik.Server.Auth;
using Fabrik.Server.Rpc;
using Fabrik.Wire.Bazel;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Bazel.V2;

namespace Fabrik.Server.Adapters.Bazel;

/// <summary>The action cache.</summary>
internal sealed class ActionCacheService
{
    // A miss is the commonest answer: it goes as a status, without an exception; this message is not sent.
    private static readonly ActionResult Nothing = new();
    private static readonly Status Miss = new(StatusCode.NotFound, "there is no complete result of this action");

    private readonly RpcDoor _door;
    private readonly RequestCheck _check;
    private readonly ActionResults _results;
    private readonly InlinedOutputs _inlined;

    /// <summary>Makes the service.</summary>
    /// <param name="services">What it works with.</param>
    /// <param name="door">What every call comes through.</param>
    /// <param name="blobs">Where the blobs are that results name.</param>
    public ActionCacheService(ServerServices services, RpcDoor door, BlobSpace blobs)
    {
        _door = door;
        _check = new RequestCheck(door);
        _results = new ActionResults(services, blobs);
        _inlined = new InlinedOutputs(blobs);
    }

    /// <summary>Its methods, for a gRPC server.</summary>
    public ServerServiceDefinition Define() => ServerServiceDefinition.CreateBuilder()
        .AddMethod(RemoteMethods.GetActionResult, GetAsync)
        .AddMethod(RemoteMethods.UpdateActionResult, UpdateAsync)
        .Build();

    private async Task<ActionResult> GetAsync(GetActionResultRequest request, ServerCallContext context)
    {
        var call = _check.Enter(context, Permissions.Read, request.InstanceName, request.DigestFunction);
        var action = ActionOf(call, request.InstanceName, request.ActionDigest);
        var found = await _results.FindAsync(action, call.Ended);
        if (!found.TryGet(out var result, out var error))
        {
            throw _door.Fail(error);
        }

        if (result is null)
        {
            _door.Miss();
            context.Status = Miss;
            return Nothing;
        }

        _door.Hit();
        _door.SentBytes(await _inlined.FillAsync(result, request, call));
        return result;
    }

    private async Task<ActionResult> UpdateAsync(UpdateActionResultRequest request, ServerCallContext context)
    {
        var call = _check.Enter(context, Permissions.Write, request.InstanceName, request.DigestFunction);
        var action = ActionOf(call, request.InstanceName, request.ActionDigest);
        if (request.ActionResult is not { } result)
        {
            throw _check.Invalid("action_result is missing");
        }

        if (ActionResultRules.FindFault(result) is { } fault)
        {
            throw _check.Invalid($"action_result: {fault}");
        }

        if (await _inlined.StoreAsync(call.Principal, result, call.Ended) is { } error)
        {
            throw _door.Fail(error);
        }

        var put = await _results.PutAsync(action, result, call.Ended);
        return put.Error is { } failure ? throw _door.Fail(failure) : result;
    }

    private ActionRequest ActionOf(BazelCall call, string instance, Digest? action) => new(
        call.Principal,
        new ActionKey(instance, _check.Digest(action, "action_digest")),
        RequestLabels.Of(call.Context));
}
