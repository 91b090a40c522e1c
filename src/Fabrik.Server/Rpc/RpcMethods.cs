using Fabrik.Wire.Grpc;

namespace Fabrik.Server.Rpc;

/// <summary>
/// How each of the four kinds of methods reads its requests and writes its responses. The only message of a call, if it
/// can be disposed of, is once the answer is written; those of a stream are their receiver's.
/// </summary>
internal static class RpcMethods
{
    public static Func<RpcCall, Task> Unary<TRequest, TResponse>(
        Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse> handler)
        where TRequest : class
        where TResponse : class =>
        async call =>
        {
            var request = await call.Requests(method.RequestMarshaller).ReadOnlyOneAsync();
            using var rented = request as IDisposable;
            await RespondAsync(call, method, await handler(request, call));
        };

    public static Func<RpcCall, Task> ClientStreaming<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse> handler)
        where TRequest : class
        where TResponse : class =>
        async call => await RespondAsync(call, method, await handler(call.Requests(method.RequestMarshaller), call));

    public static Func<RpcCall, Task> ServerStreaming<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse> handler)
        where TRequest : class
        where TResponse : class =>
        async call =>
        {
            var request = await call.Requests(method.RequestMarshaller).ReadOnlyOneAsync();
            await handler(request, new RpcResponseWriter<TResponse>(call.Response, method.ResponseMarshaller), call);
        };

    public static Func<RpcCall, Task> DuplexStreaming<TRequest, TResponse>(
        Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse> handler)
        where TRequest : class
        where TResponse : class =>
        call => handler(
            call.Requests(method.RequestMarshaller),
            new RpcResponseWriter<TResponse>(call.Response, method.ResponseMarshaller),
            call);

    // A method that sets a failure as its status returns nothing that is worth sending.
    private static async ValueTask RespondAsync<TRequest, TResponse>(
        RpcCall call, Method<TRequest, TResponse> method, TResponse response)
        where TRequest : class
        where TResponse : class
    {
        try
        {
            if (call.Status.StatusCode != StatusCode.OK)
            {
                return;
            }

            if (response is null)
            {
                throw new InvalidOperationException($"{method.FullName} returned no message");
            }

            await call.Response.WriteLastAsync(response, method.ResponseMarshaller);
        }
        finally
        {
            if (response is IAsyncDisposable owner)
            {
                await owner.DisposeAsync();
            }
            else
            {
                (response as IDisposable)?.Dispose();
            }
        }
    }
}
