using Fabrik.Server.Adapters.Bazel.ByteStream;
using Fabrik.Server.Rpc;
using Microsoft.AspNetCore.Routing;

namespace Fabrik.Server.Adapters.Bazel;

/// <summary>
/// The caches of the Remote Execution API, which Bazel, Buck2, Pants, moon and others speak. See
/// docs/protocols/bazel.md.
/// </summary>
public static class BazelAdapter
{
    // A question for 100,000 digests, and its answer, are larger than what gRPC takes by default.
    private static readonly RpcServerOptions BlobLimits = new()
    {
        MaxReceiveMessageSize = BlobLimit.Message,
        MaxSendMessageSize = BlobLimit.Message,
    };

    /// <summary>Maps the gRPC services; the listener must speak HTTP/2.</summary>
    public static void MapRpc(IEndpointRouteBuilder routes, ServerServices services)
    {
        ArgumentNullException.ThrowIfNull(routes);
        ArgumentNullException.ThrowIfNull(services);
        var door = RpcDoor.Guarded(services, BlobSpace.Tool);
        var blobs = new BlobSpace(services);
        routes.MapRpc(new CapabilitiesService(services, door).Define(), door);
        routes.MapRpc(new ActionCacheService(services, door, blobs).Define(), door);
        routes.MapRpc(new BlobService(services, door, blobs).Define(), door, BlobLimits);
        routes.MapRpc(new ByteStreamService(services, door, blobs).Define(), door);
    }
}
