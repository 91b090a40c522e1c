using Fabrik.Server.Rpc;
using Microsoft.AspNetCore.Routing;

namespace Fabrik.Server.Adapters.FabrikProtocol;

/// <summary>The Fabrik protocol, by which one Fabrik asks another. See docs/protocols/fabrik.md.</summary>
public static class FabrikProtocolAdapter
{
    /// <summary>Maps the methods of <c>fabrik.v1.FabrikCache</c>; the listener must speak HTTP/2.</summary>
    public static void Map(IEndpointRouteBuilder routes, ServerServices services)
    {
        ArgumentNullException.ThrowIfNull(routes);
        ArgumentNullException.ThrowIfNull(services);
        var door = RpcDoor.Guarded(services, FabrikService.Tool);
        routes.MapRpc(new FabrikService(services, door).Define(), door);
    }
}
