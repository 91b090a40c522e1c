using Fabrik.Upstreams.Rpc;
using Fabrik.Wire.Grpc;
using Xunit;

namespace Fabrik.ProtocolTests.Rpc.Client;

/// <summary>Methods of no service in particular, whose messages are bytes.</summary>
internal static class Calls
{
    public static readonly Method<byte[], byte[]> Unary = Make(MethodType.Unary);
    public static readonly Method<byte[], byte[]> ClientStreaming = Make(MethodType.ClientStreaming);
    public static readonly Method<byte[], byte[]> ServerStreaming = Make(MethodType.ServerStreaming);
    public static readonly Method<byte[], byte[]> Duplex = Make(MethodType.DuplexStreaming);

    public static AsyncUnaryCall<byte[]> CallUnary(
        this GrpcChannel channel, byte[]? request = null, CallOptions options = default) =>
        channel.CreateCallInvoker().AsyncUnaryCall(Unary, null, options, request ?? [1]);

    public static AsyncServerStreamingCall<byte[]> CallServerStreaming(
        this GrpcChannel channel, byte[]? request = null, CallOptions options = default) =>
        channel.CreateCallInvoker().AsyncServerStreamingCall(ServerStreaming, null, options, request ?? [1]);

    public static AsyncClientStreamingCall<byte[], byte[]> CallClientStreaming(
        this GrpcChannel channel, CallOptions options = default) =>
        channel.CreateCallInvoker().AsyncClientStreamingCall(ClientStreaming, null, options);

    public static AsyncDuplexStreamingCall<byte[], byte[]> CallDuplex(
        this GrpcChannel channel, CallOptions options = default) =>
        channel.CreateCallInvoker().AsyncDuplexStreamingCall(Duplex, null, options);

    /// <summary>The failure of a call that must fail, with a code.</summary>
    public static async Task<RpcException> FailsAsync(StatusCode code, Func<Task> call)
    {
        var exception = await Assert.ThrowsAsync<RpcException>(call);
        Assert.True(exception.StatusCode == code, $"expected {code}: {exception}");
        return exception;
    }

    private static Method<byte[], byte[]> Make(MethodType type)
    {
        var bytes = Marshallers.Create<byte[]>(static message => message, static payload => payload);
        return new Method<byte[], byte[]>(type, "test.Service", type.ToString(), bytes, bytes);
    }
}
