using Fabrik.Cache;
using Fabrik.Server.Auth;
using Fabrik.Server.Rpc;
using Fabrik.Wire.Bazel;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Bazel.V2;

namespace Fabrik.Server.Adapters.Bazel;

/// <summary>What the requests of all services have in common, and the one way to refuse them.</summary>
internal sealed class RequestCheck(RpcDoor door)
{
    /// <summary>Lets a call in, if its sender may do this and its terms are served here.</summary>
    /// <exception cref="RpcException">They may not, or the terms are not.</exception>
    public BazelCall Enter(
        ServerCallContext context,
        Permissions needed,
        string instance,
        DigestFunction.Types.Value function = DigestFunction.Types.Value.Unknown)
    {
        var call = new BazelCall(door.PrincipalOf(context, needed), context);
        if (!InstanceName.IsValid(instance, out var error))
        {
            throw Invalid(error);
        }

        return function is DigestFunction.Types.Value.Unknown or DigestFunction.Types.Value.Sha256
            ? call
            : throw Invalid($"digest_function {function} is not served: expected SHA256");
    }

    /// <summary>The digest in a field.</summary>
    /// <exception cref="RpcException">It is none.</exception>
    public BlobDigest Digest(Digest? message, string field) =>
        BlobDigest.TryParse(message, out var digest, out var error) ? digest : throw Invalid($"{field}: {error}");

    /// <summary>What is thrown for a request that cannot be served; it is counted.</summary>
    public RpcException Invalid(string message) =>
        door.Fail(CacheError.Client(CacheErrorKind.InvalidRequest, message));
}
