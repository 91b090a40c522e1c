using Fabrik.Wire.Grpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fabrik.Server.Rpc;

/// <summary>Gives gRPC services their routes: <c>POST /service/method</c> over HTTP/2.</summary>
public static class RpcRoutes
{
    /// <summary>Maps every method of a service.</summary>
    /// <param name="routes">Where to.</param>
    /// <param name="service">The methods, with what answers them.</param>
    /// <param name="door">What every call goes through.</param>
    /// <param name="options">Limits; the defaults where it is <see langword="null"/>.</param>
    public static void MapRpc(
        this IEndpointRouteBuilder routes,
        ServerServiceDefinition service,
        RpcDoor door,
        RpcServerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(routes);
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(door);
        service.BindService(new Binder(routes, door, options ?? new RpcServerOptions()));
    }

    /// <summary>
    /// Answers every path that nothing else has: calls with "unimplemented", other requests with 415. Comes once, on a
    /// listener that serves gRPC.
    /// </summary>
    public static void MapRpcFallback(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        routes.Map("{**path}", (RequestDelegate)RpcProtocol.RefuseUnknownAsync)
            .Add(static endpoint => ((RouteEndpointBuilder)endpoint).Order = int.MaxValue);
    }

    private sealed class Binder(IEndpointRouteBuilder routes, RpcDoor door, RpcServerOptions options)
        : ServiceBinderBase
    {
        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse> handler) =>
            Map(method, RpcMethods.Unary(method, handler));

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse> handler) =>
            Map(method, RpcMethods.ClientStreaming(method, handler));

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse> handler) =>
            Map(method, RpcMethods.ServerStreaming(method, handler));

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse> handler) =>
            Map(method, RpcMethods.DuplexStreaming(method, handler));

        private void Map(IMethod method, Func<RpcCall, Task> serve) =>
            routes.Map(method.FullName, (RequestDelegate)new RpcEndpoint(method, door, options, serve).ServeAsync);
    }
}
