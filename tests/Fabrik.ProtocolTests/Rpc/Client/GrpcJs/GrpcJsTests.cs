using System.Globalization;
using System.Text;
using Fabrik.Upstreams.Rpc;
using Fabrik.Wire.Grpc;
using Xunit;

namespace Fabrik.ProtocolTests.Rpc.Client.GrpcJs;

/// <summary>Our client against a server of another maker.</summary>
public class GrpcJsTests(GrpcJsServer server)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Unary_WithMetadata_ComesBackInHeadersAndTrailers(bool compressed)
    {
        using var channel = Open(compressed);
        var headers = new Metadata { { "x-text", "a value" }, { "x-data-bin", [0, 1, 254, 255] } };
        using var call = channel.CallUnary(new byte[5000], new CallOptions(headers));
        Assert.Equal(new byte[5000], await call);
        foreach (var metadata in new[] { await call.ResponseHeadersAsync, call.GetTrailers() })
        {
            Assert.Equal("a value", metadata.GetValue("x-text"));
            Assert.Equal([0, 1, 254, 255], metadata.GetValueBytes("x-data-bin"));
        }
    }

    [Fact]
    public async Task Unary_Fails_GivesStatusDetailAndTrailers()
    {
        using var channel = Open();
        var options = Do("fail", new Metadata.Entry("x-why-bin", [7]));
        var failure = await Calls.FailsAsync(
            StatusCode.FailedPrecondition, () => channel.CallUnary(options: options).ResponseAsync);
        Assert.Equal("not “now”, 100 % sure", failure.Status.Detail);
        Assert.Equal([7], failure.Trailers.GetValueBytes("x-why-bin"));
    }

    [Fact]
    public async Task Unary_UnknownMethod_IsUnimplemented()
    {
        using var channel = Open();
        var unknown = new Method<byte[], byte[]>(
            MethodType.Unary, "test.Service", "Nothing", Calls.Unary.RequestMarshaller, Calls.Unary.ResponseMarshaller);
        using var call = channel.CreateCallInvoker().AsyncUnaryCall(unknown, null, default, [1]);
        await Calls.FailsAsync(StatusCode.Unimplemented, () => call.ResponseAsync);
    }

    [Fact]
    public async Task Deadline_Sent_ServerKnowsIt()
    {
        using var channel = Open();
        var options = Do("deadline").WithDeadline(In(TimeSpan.FromHours(1)));
        var left = Encoding.ASCII.GetString(await channel.CallUnary(options: options));
        Assert.InRange(double.Parse(left, CultureInfo.InvariantCulture), 3_000_000, 3_600_001);
    }

    [Fact]
    public async Task Deadline_Passes_CallEnds()
    {
        using var channel = Open();
        var options = Do("hang").WithDeadline(In(TimeSpan.FromMilliseconds(50)));
        await Calls.FailsAsync(
            StatusCode.DeadlineExceeded, () => channel.CallUnary(options: options).ResponseAsync);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ServerStreaming_ManyMessages_AllArriveInOrder(bool compressed)
    {
        using var channel = Open(compressed);
        using var call = channel.CallServerStreaming("""{"count":300,"size":131072}"""u8.ToArray());
        for (var i = 0; i < 300; i++)
        {
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal(131_072, call.ResponseStream.Current.Length);
            Assert.False(call.ResponseStream.Current.AsSpan().ContainsAnyExcept((byte)i));
        }

        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task ServerStreaming_FailsLater_MessagesComeFirst()
    {
        using var channel = Open();
        using var call = channel.CallServerStreaming("""{"count":2,"size":10}"""u8.ToArray(), Do("fail"));
        Assert.True(await call.ResponseStream.MoveNext());
        Assert.True(await call.ResponseStream.MoveNext());
        await Calls.FailsAsync(StatusCode.FailedPrecondition, () => call.ResponseStream.MoveNext());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ClientStreaming_ManyMessages_AllArrive(bool compressed)
    {
        using var channel = Open(compressed);
        using var call = channel.CallClientStreaming();
        for (var i = 0; i < 300; i++)
        {
            await call.RequestStream.WriteAsync(new byte[131_072]);
        }

        await call.RequestStream.CompleteAsync();
        Assert.Equal("""{"count":300,"size":39321600}""", Encoding.ASCII.GetString(await call));
    }

    [Fact]
    public async Task ClientStreaming_RefusedEarly_WriterGetsTheStatus()
    {
        using var channel = Open();
        using var call = channel.CallClientStreaming(Do("refuse"));
        var failure = await Calls.FailsAsync(StatusCode.FailedPrecondition, async () =>
        {
            while (true)
            {
                await call.RequestStream.WriteAsync(new byte[10_000]);
            }
        });
        Assert.Equal("not “now”, 100 % sure", failure.Status.Detail);
        await Calls.FailsAsync(StatusCode.FailedPrecondition, () => call.ResponseAsync);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Duplex_PingPong_EachComesBack(bool compressed)
    {
        using var channel = Open(compressed);
        using var call = channel.CallDuplex();
        for (var size = 0; size < 200_000; size = (size * 3) + 1)
        {
            await call.RequestStream.WriteAsync(new byte[size]);
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal(size, call.ResponseStream.Current.Length);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
    }

    private static DateTime In(TimeSpan time) => TimeProvider.System.GetUtcNow().UtcDateTime + time;

    private static CallOptions Do(string what, Metadata.Entry? more = null)
    {
        var headers = new Metadata { { "x-do", what } };
        if (more is not null)
        {
            headers.Add(more);
        }

        return new CallOptions(headers);
    }

    private GrpcChannel Open(bool isCompressed = false) => server.Open(
        new GrpcChannelOptions { Compression = isCompressed ? "gzip" : null }, isCompressed);
}
