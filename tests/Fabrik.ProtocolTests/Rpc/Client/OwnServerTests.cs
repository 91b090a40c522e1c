using System.Buffers.Binary;
using Fabrik.Server.Rpc;
using Fabrik.Upstreams.Rpc;
using Fabrik.Wire.Grpc;
using Xunit;

namespace Fabrik.ProtocolTests.Rpc.Client;

/// <summary>Our client against our server.</summary>
public class OwnServerTests
{
    private static readonly byte[] Message = [1, 2, 3];

    [Theory]
    [InlineData(false, null)]
    [InlineData(false, "gzip")]
    [InlineData(true, null)]
    public async Task Calls_OfEveryKind_Succeed(bool isSecure, string? compression)
    {
        await using var server = await RpcTestServer.StartAsync();
        using var channel = Open(server, new GrpcChannelOptions { Compression = compression }, isSecure);
        var invoker = channel.CreateCallInvoker();

        Assert.Equal(Message, await invoker.AsyncUnaryCall(Echo(MethodType.Unary, "Echo"), null, default, Message));

        using var sum = invoker.AsyncClientStreamingCall(Echo(MethodType.ClientStreaming, "Sum"), null, default);
        for (var i = 0; i < 50; i++)
        {
            await sum.RequestStream.WriteAsync(new byte[100_000]);
        }

        await sum.RequestStream.CompleteAsync();
        Assert.Equal(5_000_000, BinaryPrimitives.ReadInt64BigEndian((await sum).AsSpan(8)));

        using var repeat = invoker.AsyncServerStreamingCall(
            Echo(MethodType.ServerStreaming, "Repeat"), null, default, [0, 0, 0, 50, 0, 1, 0, 0]);
        var sizes = await repeat.ResponseStream.ReadAllAsync().Select(static message => message.Length).ToListAsync();
        Assert.Equal(Enumerable.Repeat(65_536, 50), sizes);

        using var chat = invoker.AsyncDuplexStreamingCall(Echo(MethodType.DuplexStreaming, "Chat"), null, default);
        for (var i = 0; i < 10; i++)
        {
            await chat.RequestStream.WriteAsync(Message);
            Assert.True(await chat.ResponseStream.MoveNext());
            Assert.Equal(Message, chat.ResponseStream.Current);
        }

        await chat.RequestStream.CompleteAsync();
        Assert.False(await chat.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task Failure_OfAMethod_ComesWithItsTrailers()
    {
        await using var server = await RpcTestServer.StartAsync();
        using var channel = Open(server);
        using var call = channel.CreateCallInvoker().AsyncUnaryCall(
            Echo(MethodType.Unary, "Fail"), null, default, [5, .. "no ☃ here"u8]);
        var failure = await Calls.FailsAsync(StatusCode.NotFound, () => call.ResponseAsync);
        Assert.Equal("no ☃ here", failure.Status.Detail);
        Assert.Equal("asked for", failure.Trailers.GetValue("x-reason"));
        Assert.Equal([1, 2, 3], failure.Trailers.GetValueBytes("x-data-bin"));
    }

    [Fact]
    public async Task Cancellation_OfACall_ReachesTheMethod()
    {
        await using var server = await RpcTestServer.StartAsync();
        using var channel = Open(server);
        var call = channel.CreateCallInvoker().AsyncUnaryCall(
            Echo(MethodType.Unary, "Wait"), null, default, Message);
        await server.Echo.StartedAsync();
        call.Dispose();
        await Calls.FailsAsync(StatusCode.Cancelled, () => call.ResponseAsync);
        Assert.Equal("Wait", await server.Echo.EndedAsync());
    }

    [Fact]
    public async Task Limits_OfTheServer_AreResourceExhausted()
    {
        await using var server = await RpcTestServer.StartAsync(new RpcServerOptions { MaxReceiveMessageSize = 1000 });
        using var channel = Open(server);
        using var call = channel.CreateCallInvoker().AsyncUnaryCall(
            Echo(MethodType.Unary, "Echo"), null, default, new byte[2000]);
        await Calls.FailsAsync(StatusCode.ResourceExhausted, () => call.ResponseAsync);
    }

    [Fact]
    public async Task Token_NotValid_IsUnauthenticated()
    {
        await using var server = await RpcTestServer.StartAsync();
        server.Authenticator.Open = false;
        using var channel = Open(server);
        using var call = channel.CreateCallInvoker().AsyncUnaryCall(
            Echo(MethodType.Unary, "Echo"), null, default, Message);
        await Calls.FailsAsync(StatusCode.Unauthenticated, () => call.ResponseAsync);
    }

    private static Method<byte[], byte[]> Echo(MethodType type, string name) => new(
        type, EchoService.Name, name, Calls.Unary.RequestMarshaller, Calls.Unary.ResponseMarshaller);

    private static GrpcChannel Open(RpcTestServer server, GrpcChannelOptions? options = null, bool isSecure = false)
    {
        options ??= new GrpcChannelOptions();
        var tls = new GrpcTlsOptions { Authorities = [server.Certificate] };
        return isSecure
            ? GrpcChannel.ForAddress(server.TlsAddress, options with { Tls = tls })
            : GrpcChannel.ForAddress(server.Address, options);
    }
}
