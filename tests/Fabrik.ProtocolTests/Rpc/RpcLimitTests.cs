using System.Buffers.Binary;
using System.IO.Compression;
using Fabrik.Server.Rpc;
using Fabrik.Wire.Grpc;
using Xunit;

namespace Fabrik.ProtocolTests.Rpc;

/// <summary>Messages that are too large, not well formed, or compressed.</summary>
public sealed class RpcLimitTests : IAsyncLifetime
{
    private const int MaxSize = 10_000;

    private RpcTestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RpcTestServer.StartAsync(new RpcServerOptions
    {
        MaxReceiveMessageSize = MaxSize,
        MaxSendMessageSize = MaxSize,
        CompressResponses = true,
    });

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("Echo")]
    [InlineData("Sum")]
    public async Task Request_AboveTheLimit_IsRefusedByItsPrefix(string method)
    {
        using var content = new PushContent();
        content.Push(RpcTestClient.Frame(new byte[MaxSize + 1]).AsSpan(0, 100).ToArray());
        var answer = await _server.Client.SendAsync($"/{EchoService.Name}/{method}", content);
        content.End();

        Assert.Equal(StatusCode.ResourceExhausted, answer.Status);
        Assert.Contains("10001", answer.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_AtTheLimit_IsTaken()
    {
        var answer = await _server.Client.CallAsync("Echo", new byte[MaxSize]);

        Assert.Equal(MaxSize, answer.Messages.Single().Length);
    }

    [Fact]
    public async Task Response_AboveTheLimit_IsNotSent()
    {
        var size = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(size, MaxSize + 1);
        var answer = await _server.Client.CallAsync("Large", size);

        Assert.Equal(StatusCode.ResourceExhausted, answer.Status);
        Assert.Empty(answer.Messages);
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 0, 5, 1 })]
    [InlineData(new byte[] { 0, 0 })]
    [InlineData(new byte[] { 2, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 1, 0, 0, 0, 0 })]
    public async Task Request_ThatIsNotWellFormed_IsInternal(byte[] body)
    {
        var unary = await _server.Client.SendAsync($"/{EchoService.Name}/Echo", body);
        var stream = await _server.Client.SendAsync($"/{EchoService.Name}/Sum", [.. RpcTestClient.Frame(1), .. body]);

        Assert.Equal(StatusCode.Internal, unary.Status);
        Assert.Equal(StatusCode.Internal, stream.Status);
    }

    [Fact]
    public async Task Request_ThatDoesNotParse_IsInternal()
    {
        var answer = await _server.Client.SendAsync(
            "/grpc.health.v1.Health/Check", RpcTestClient.Frame(0xFF, 0xFF, 0xFF));

        Assert.Equal(StatusCode.Internal, answer.Status);
    }

    [Fact]
    public async Task Gzip_OfARequest_IsDecompressed()
    {
        var message = new byte[MaxSize];
        var answer = await SendCompressedAsync(message, "gzip");

        Assert.Equal(message, answer.Messages.Single());
        Assert.False(answer.Headers.ContainsKey("grpc-encoding"));
    }

    [Fact]
    public async Task Gzip_OfABomb_IsRefused()
    {
        var answer = await SendCompressedAsync(new byte[MaxSize + 1], "gzip");

        Assert.Equal(StatusCode.ResourceExhausted, answer.Status);
    }

    [Fact]
    public async Task Encoding_ThatIsUnknown_IsUnimplementedAndToldWhatIsKnown()
    {
        var answer = await SendCompressedAsync([1], "snappy");

        Assert.Equal(StatusCode.Unimplemented, answer.Status);
        Assert.Equal("identity,gzip", answer.Headers["grpc-accept-encoding"]);
    }

    [Theory]
    [InlineData("identity,deflate,gzip", true)]
    [InlineData("identity,deflate", false)]
    public async Task Gzip_OfAResponse_IsForWhoUnderstandsIt(string accepted, bool isCompressed)
    {
        var message = new byte[MaxSize];
        using var content = new ByteArrayContent(RpcTestClient.Frame(message));
        using var response = await _server.Client.OpenAsync(
            $"/{EchoService.Name}/Echo", content, [("grpc-accept-encoding", accepted)]);
        await response.Content.LoadIntoBufferAsync();
        var answer = await RpcTestClient.ReadAsync(response);

        Assert.Equal(message, answer.Messages.Single());
        Assert.Equal(isCompressed, response.Content.Headers.ContentLength < 1000);
        Assert.Equal(isCompressed, answer.Headers.GetValueOrDefault("grpc-encoding") == "gzip");
    }

    private async Task<RpcTestAnswer> SendCompressedAsync(byte[] message, string encoding)
    {
        using var target = new MemoryStream();
        target.Write(new byte[MessageFrame.PrefixLength]);
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(message);
        }

        var frame = target.ToArray();
        MessageFrame.WritePrefix(frame, isCompressed: true, frame.Length - MessageFrame.PrefixLength);
        return await _server.Client.SendAsync($"/{EchoService.Name}/Echo", frame, ("grpc-encoding", encoding));
    }
}
