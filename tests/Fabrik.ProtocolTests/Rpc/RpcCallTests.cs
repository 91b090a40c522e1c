using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Fabrik.Wire.Grpc;
using Xunit;

namespace Fabrik.ProtocolTests.Rpc;

/// <summary>The four kinds of methods, and what methods see of their call.</summary>
public sealed class RpcCallTests : IAsyncLifetime
{
    private RpcTestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RpcTestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    [InlineData(4 * 1024 * 1024)]
    public async Task Unary_Message_ComesBackBeforeTheStatus(int size)
    {
        var message = new byte[size];
        Random.Shared.NextBytes(message);

        var answer = await _server.Client.CallAsync("Echo", message);

        Assert.Equal(200, answer.Http);
        Assert.Equal("application/grpc", answer.Headers["content-type"]);
        Assert.Equal("identity,gzip", answer.Headers["grpc-accept-encoding"]);
        Assert.False(answer.IsTrailersOnly);
        Assert.Equal(message, Assert.Single(answer.Messages));
        Assert.Equal("0", answer.Trailers["grpc-status"]);
        Assert.False(answer.Trailers.ContainsKey("grpc-message"));
    }

    [Fact]
    public async Task Unary_OtherThanOneMessage_IsUnimplemented()
    {
        var none = await _server.Client.SendAsync($"/{EchoService.Name}/Echo", []);
        var two = await _server.Client.SendAsync(
            $"/{EchoService.Name}/Echo", [.. RpcTestClient.Frame(1), .. RpcTestClient.Frame(2)]);

        Assert.Equal(StatusCode.Unimplemented, none.Status);
        Assert.Equal(StatusCode.Unimplemented, two.Status);
        Assert.True(two.IsTrailersOnly);
    }

    [Fact]
    public async Task ClientStream_CutAnywhere_IsTheSameMessages()
    {
        using var content = new PushContent();
        var answering = _server.Client.SendAsync($"/{EchoService.Name}/Sum", content);
        byte[] stream = [.. RpcTestClient.Frame(1, 2, 3), .. RpcTestClient.Frame(), .. RpcTestClient.Frame(4)];
        foreach (var one in stream)
        {
            content.Push([one]);
        }

        content.End();
        var answer = await answering;

        Assert.Equal(StatusCode.OK, answer.Status);
        Assert.Equal((3, 4), Sum(answer));
    }

    [Fact]
    public async Task ClientStream_Empty_IsAnswered()
    {
        var answer = await _server.Client.SendAsync($"/{EchoService.Name}/Sum", []);

        Assert.Equal((0, 0), Sum(answer));
    }

    [Fact]
    public async Task ServerStream_Messages_AllCome()
    {
        var answer = await _server.Client.CallAsync("Repeat", Repeat(1000, 3000));

        Assert.Equal(StatusCode.OK, answer.Status);
        Assert.Equal(1000, answer.Messages.Count);
        Assert.All(answer.Messages, message => Assert.Equal(3000, message.Length));
    }

    [Fact]
    public async Task ServerStream_WithoutMessages_HasHeadersAndTrailers()
    {
        var answer = await _server.Client.CallAsync("Repeat", Repeat(0, 0));

        Assert.Equal(StatusCode.OK, answer.Status);
        Assert.False(answer.IsTrailersOnly);
        Assert.Empty(answer.Messages);
    }

    [Fact]
    public async Task Duplex_EveryMessage_IsAnsweredBeforeTheNextIsSent()
    {
        using var content = new PushContent();
        content.Push(RpcTestClient.Frame(0));
        using var response = await _server.Client.OpenAsync($"/{EchoService.Name}/Chat", content, []);
        await using var body = await response.Content.ReadAsStreamAsync();
        for (byte i = 0; i < 10; i++)
        {
            var frame = new byte[MessageFrame.PrefixLength + 1];
            await body.ReadExactlyAsync(frame);
            Assert.Equal(RpcTestClient.Frame(i), frame);
            content.Push(RpcTestClient.Frame((byte)(i + 1)));
        }

        content.End();
        await body.CopyToAsync(Stream.Null);

        Assert.Equal("0", response.TrailingHeaders.GetValues("grpc-status").Single());
    }

    [Fact]
    public async Task Metadata_OfTheRequest_ComesBackInFrontAndBehind()
    {
        var answer = await _server.Client.CallAsync(
            "Echo", [1], ("x-a", "one, two"), ("x-b-bin", "AAE"), ("x-c-bin", "AAE=,Ag=="), ("x-bad", "caf\u00e9"));

        Assert.Equal("one, two", answer.Headers["x-a"]);
        Assert.Equal("AAE", answer.Headers["x-b-bin"]);
        Assert.Equal("AAE,Ag", answer.Headers["x-c-bin"]);
        Assert.Equal("one, two", answer.Trailers["t-x-a"]);
        Assert.Equal("AAE,Ag", answer.Trailers["t-x-c-bin"]);
        Assert.False(answer.Headers.ContainsKey("x-bad"));
        Assert.Equal(StatusCode.OK, answer.Status);
    }

    [Fact]
    public async Task Context_OfACall_KnowsWhoAndUntilWhen()
    {
        var answer = await _server.Client.CallAsync("Context", [], ("grpc-timeout", "90S"));
        var lines = Encoding.UTF8.GetString(answer.Messages.Single()).Split('\n');

        Assert.Equal($"/{EchoService.Name}/Context", lines[0]);
        Assert.Equal(_server.Address.Authority, lines[1]);
        Assert.StartsWith("ipv4:127.0.0.1:", lines[2], StringComparison.Ordinal);
        Assert.Equal(
            _server.Clock.GetUtcNow().UtcDateTime.AddSeconds(90),
            DateTime.Parse(lines[3], CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind));
    }

    [Fact]
    public async Task Calls_OnOneConnection_DoNotMix()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(i =>
            _server.Client.CallAsync("Echo", BitConverter.GetBytes(i))));

        Assert.Equal(Enumerable.Range(0, 60), answers.Select(answer => BitConverter.ToInt32(answer.Messages.Single())));
    }

    internal static byte[] Repeat(int count, int size)
    {
        var request = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(request, count);
        BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(4), size);
        return request;
    }

    private static (long Count, long Size) Sum(RpcTestAnswer answer)
    {
        var message = answer.Messages.Single();
        return (BinaryPrimitives.ReadInt64BigEndian(message), BinaryPrimitives.ReadInt64BigEndian(message.AsSpan(8)));
    }
}
