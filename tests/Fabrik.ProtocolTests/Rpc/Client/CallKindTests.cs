using System.Text;
using Fabrik.Upstreams.Rpc;
using Fabrik.Wire.Grpc;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Fabrik.ProtocolTests.Rpc.Client;

public class CallKindTests
{
    [Fact]
    public async Task Unary_Answered_GivesMessageHeadersTrailersAndStatus()
    {
        await using var peer = await Peer.StartAsync(static async context =>
        {
            context.Response.Headers["x-head"] = "h";
            await Peer.BeginAsync(context);
            await Peer.WriteAsync(context, [.. await Peer.ReadAsync(context) ?? [], 9]);
            context.Response.AppendTrailer("x-tail-bin", "AQI");
            Peer.End(context, message: "fine");
        });
        using var channel = peer.Open();
        using var call = channel.CallUnary([1, 2]);

        Assert.Equal("h", (await call.ResponseHeadersAsync).GetValue("x-head"));
        Assert.Equal([1, 2, 9], await call);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        Assert.Equal("fine", call.GetStatus().Detail);
        Assert.Equal([1, 2], call.GetTrailers().GetValueBytes("x-tail-bin"));
        Assert.Null(call.GetTrailers().Get("grpc-status"));
    }

    [Fact]
    public async Task Request_Any_HasTheHeadOfTheProtocol()
    {
        IHeaderDictionary? head = null;
        var line = "";
        await using var peer = await Peer.StartAsync(context =>
        {
            head = context.Request.Headers;
            line = $"{context.Request.Protocol} {context.Request.Method} {context.Request.Path}";
            return Peer.EchoAsync(context);
        });
        using var channel = peer.Open(new GrpcChannelOptions
        {
            TokenProvider = static _ => new ValueTask<string?>("secret"),
            UnsafeUseInsecureChannelCallCredentials = true,
        });
        var headers = new Metadata
        {
            { "x-text", "a b" },
            { "x-bytes-bin", [0xff, 0] },
            { "te", "gzip" },
            { "grpc-timeout", "1n" },
            { "x-text", "again" },
        };
        await channel.CallUnary(options: new CallOptions(headers));

        Assert.Equal("HTTP/2 POST /test.Service/Unary", line);
        Assert.Equal("application/grpc", head!.ContentType);
        Assert.Equal("trailers", head["te"]);
        Assert.Equal("identity,gzip", head["grpc-accept-encoding"]);
        Assert.StartsWith("grpc-dotnet-fabrik/", head.UserAgent.ToString(), StringComparison.Ordinal);
        Assert.Equal("Bearer secret", head.Authorization);
        Assert.Equal("/wA", head["x-bytes-bin"]);
        Assert.Equal("a b, again", head["x-text"]);
        Assert.False(head.ContainsKey("grpc-timeout"));
        Assert.False(head.ContainsKey("grpc-encoding"));
        Assert.False(head.ContainsKey("grpc-previous-rpc-attempts"));
    }

    [Fact]
    public async Task Request_WithHostAndOwnAuthorization_KeepsThem()
    {
        var seen = "";
        await using var peer = await Peer.StartAsync(context =>
        {
            seen = $"{context.Request.Host} {context.Request.Headers.Authorization}";
            return Peer.EchoAsync(context);
        });
        using var channel = peer.Open(new GrpcChannelOptions
        {
            TokenProvider = static _ => new ValueTask<string?>("channel"),
            UnsafeUseInsecureChannelCallCredentials = true,
        });
        var options = new CallOptions(new Metadata { { "authorization", "Bearer own" } });
        await channel.CreateCallInvoker().AsyncUnaryCall(Calls.Unary, "other.example:1", options, [1]);
        Assert.Equal("other.example:1 Bearer own", seen);
    }

    [Fact]
    public async Task ServerStreaming_ManySizes_ArriveInOrder()
    {
        int[] sizes = [0, 1, 4091, 4092, 4093, 5, 70_000, 3, 131_072, 0, 1_000_000];
        await using var peer = await Peer.StartAsync(async context =>
        {
            await Peer.BeginAsync(context);
            foreach (var size in sizes)
            {
                await context.Response.Body.WriteAsync(Peer.Frame(Pattern(size)));
            }

            Peer.End(context);
        });
        using var channel = peer.Open();
        using var call = channel.CallServerStreaming();
        foreach (var size in sizes)
        {
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal(Pattern(size), call.ResponseStream.Current);
        }

        Assert.False(await call.ResponseStream.MoveNext());
        Assert.False(await call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task ClientStreaming_ManyMessages_ArriveInOrder()
    {
        await using var peer = await Peer.StartAsync(static async context =>
        {
            await Peer.BeginAsync(context);
            var text = new StringBuilder();
            while (await Peer.ReadAsync(context) is { } message)
            {
                text.Append(message.Length).Append(' ');
            }

            await Peer.WriteAsync(context, Encoding.ASCII.GetBytes(text.ToString()));
            Peer.End(context);
        });
        using var channel = peer.Open();
        using var call = channel.CallClientStreaming();
        foreach (var size in new[] { 0, 1, 100_000, 7 })
        {
            await call.RequestStream.WriteAsync(Pattern(size));
        }

        await call.RequestStream.CompleteAsync();
        Assert.Equal("0 1 100000 7 ", Encoding.ASCII.GetString(await call));
        await Calls.FailsAsync(StatusCode.OK, () => call.RequestStream.WriteAsync([1]));
    }

    [Fact]
    public async Task Duplex_PingPong_EachMessageGoesAtOnce()
    {
        await using var peer = await Peer.StartAsync(Peer.EchoAsync);
        using var channel = peer.Open();
        using var call = channel.CallDuplex();
        for (byte i = 0; i < 20; i++)
        {
            await call.RequestStream.WriteAsync([i]);
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal([i], call.ResponseStream.Current);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task Duplex_BeforeAnyMessage_ServerHearsOfTheCall()
    {
        await using var peer = await Peer.StartAsync(Peer.EchoAsync);
        using var channel = peer.Open();
        using var call = channel.CallDuplex();
        Assert.NotNull(await call.ResponseHeadersAsync);
        Assert.Throws<InvalidOperationException>(() => call.GetStatus());
        Assert.Throws<InvalidOperationException>(() => call.GetTrailers());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Gzip_Asked_CompressesUnlessTheWriteSaysNo(bool compress)
    {
        var flag = -1;
        await using var peer = await Peer.StartAsync(async context =>
        {
            Assert.Equal("gzip", context.Request.Headers["grpc-encoding"]);
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            flag = body.ToArray()[0];
            context.Response.Headers["grpc-encoding"] = "gzip";
            await Peer.BeginAsync(context);
            await context.Response.Body.WriteAsync(body.ToArray());
            Peer.End(context);
        });
        using var channel = peer.Open(new GrpcChannelOptions { Compression = "gzip" });
        var options = new CallOptions(
            writeOptions: new WriteOptions(compress ? WriteFlags.None : WriteFlags.NoCompress));
        Assert.Equal(new byte[10_000], await channel.CallUnary(new byte[10_000], options));
        Assert.Equal(compress ? 1 : 0, flag);
    }

    [Fact]
    public async Task BlockingUnaryCall_Answered_GivesTheMessage()
    {
        await using var peer = await Peer.StartAsync(Peer.EchoAsync);
        using var channel = peer.Open();
        Assert.Equal([5], channel.CreateCallInvoker().BlockingUnaryCall(Calls.Unary, null, default, [5]));
    }

    [Fact]
    public async Task EmptyStream_TrailersOnlyWithOk_EndsWithoutMessages()
    {
        await using var peer = await Peer.StartAsync(static context =>
        {
            Peer.Refuse(context, 0);
            return Task.CompletedTask;
        });
        using var channel = peer.Open();
        using var call = channel.CallServerStreaming();
        Assert.False(await call.ResponseStream.MoveNext());
        Assert.Empty(await call.ResponseHeadersAsync);
    }

    private static byte[] Pattern(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return bytes;
    }
}
