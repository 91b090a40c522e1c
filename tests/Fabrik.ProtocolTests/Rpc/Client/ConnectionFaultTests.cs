using System.Net;
using System.Net.Sockets;
using Fabrik.Testing;
using Fabrik.Upstreams.Rpc;
using Fabrik.Wire.Grpc;
using Xunit;

namespace Fabrik.ProtocolTests.Rpc.Client;

/// <summary>Servers that fail below gRPC. Every fault has a status, and none hangs a call.</summary>
public class ConnectionFaultTests
{
    [Theory]
    [InlineData(0, StatusCode.Internal)]
    [InlineData(1, StatusCode.Internal)]
    [InlineData(2, StatusCode.Internal)]
    [InlineData(3, StatusCode.Internal)]
    [InlineData(7, StatusCode.Unavailable)]
    [InlineData(8, StatusCode.Cancelled)]
    [InlineData(11, StatusCode.ResourceExhausted)]
    [InlineData(12, StatusCode.PermissionDenied)]
    public async Task Reset_BeforeTheAnswer_IsMapped(int error, StatusCode expected) =>
        await FailAsync(expected, async connection =>
        {
            for (var isFirst = true; ; isFirst = false)
            {
                var stream = await connection.TakeRequestAsync(isFirst);
                await connection.SendResetAsync(stream, error);
            }
        });

    [Theory]
    [InlineData(0, StatusCode.Internal)]
    [InlineData(2, StatusCode.Internal)]
    [InlineData(8, StatusCode.Cancelled)]
    [InlineData(11, StatusCode.ResourceExhausted)]
    public async Task Reset_WithinTheAnswer_IsMapped(int error, StatusCode expected) =>
        await FailAsync(expected, async connection =>
        {
            for (var isFirst = true; ; isFirst = false)
            {
                var stream = await connection.TakeRequestAsync(isFirst);
                await connection.SendHeadAsync(stream);
                await connection.SendDataAsync(stream, 0, 0);
                await connection.SendResetAsync(stream, error);
            }
        });

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task GoAway_RequestNotTaken_IsUnavailable(int error) =>
        await FailAsync(StatusCode.Unavailable, async connection =>
        {
            await connection.TakeRequestAsync();
            await connection.SendGoAwayAsync(0, error);
            await connection.HangAsync();
        });

    [Theory]
    [InlineData(0)]
    [InlineData(11)]
    public async Task GoAway_RequestTakenAndConnectionClosed_IsUnavailable(int error) =>
        await FailAsync(StatusCode.Unavailable, async connection =>
        {
            var stream = await connection.TakeRequestAsync();
            await connection.SendGoAwayAsync(stream, error);
        });

    [Fact]
    public async Task Connection_ClosedAtOnce_IsUnavailable() =>
        await FailAsync(StatusCode.Unavailable, static _ => Task.CompletedTask);

    [Fact]
    public async Task Connection_ClosedBeforeTheAnswer_IsUnavailable() =>
        await FailAsync(StatusCode.Unavailable, static connection => connection.TakeRequestAsync());

    [Fact]
    public async Task Connection_ClosedWithinTheAnswer_IsUnavailable() =>
        await FailAsync(StatusCode.Unavailable, static async connection =>
        {
            var stream = await connection.TakeRequestAsync();
            await connection.SendHeadAsync(stream);
            await connection.SendDataAsync(stream, 0, 0, 0, 0, 9, 1);
        });

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.9\r\nwhatever it may say after that, at some length\r\n")]
    [InlineData("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")]
    public async Task Server_SpeaksSomethingElse_IsUnavailable(string greeting) =>
        await FailAsync(StatusCode.Unavailable, async connection =>
        {
            await connection.SendTextAsync(greeting);
            await connection.HangAsync();
        });

    [Fact]
    public async Task Server_BreaksTheProtocolLater_IsUnavailable() =>
        await FailAsync(StatusCode.Unavailable, static async connection =>
        {
            var stream = await connection.TakeRequestAsync();
            await connection.SendHeadAsync(stream);
            await connection.SendFrameAsync(0, 0, 0, 1, 2, 3);
            await connection.HangAsync();
        });

    [Fact]
    public async Task Server_Absent_IsUnavailableAndSaysSo()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}");
        var failure = await Calls.FailsAsync(StatusCode.Unavailable, () => channel.CallUnary().ResponseAsync);
        Assert.Contains("refused", failure.Status.Detail, StringComparison.Ordinal);
        using var call = channel.CallClientStreaming();
        await Calls.FailsAsync(StatusCode.Unavailable, () => call.RequestStream.WriteAsync([1]));
    }

    [Fact]
    public async Task Server_NeverAnswers_DeadlineEndsTheCallAndTellsTheServer()
    {
        var clock = new TestClock();
        var taken = new TaskCompletionSource();
        var reset = new TaskCompletionSource<int>();
        await using var peer = new RawPeer(async connection =>
        {
            await connection.TakeRequestAsync();
            taken.SetResult();
            reset.SetResult(await connection.TakeResetAsync());
        });
        using var channel = peer.Open(new GrpcChannelOptions { TimeProvider = clock });
        using var call = channel.CallUnary(options: new CallOptions(deadline: After(clock, seconds: 5)));
        await taken.Task;
        clock.Advance(TimeSpan.FromSeconds(4.999));
        Assert.False(call.ResponseAsync.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        await Calls.FailsAsync(StatusCode.DeadlineExceeded, () => call.ResponseAsync);
        Assert.Equal(8, await reset.Task);
    }

    [Fact]
    public async Task Server_TricklesBytes_DeadlineEndsTheCall()
    {
        var clock = new TestClock();
        var trickling = new TaskCompletionSource();
        await using var peer = new RawPeer(async connection =>
        {
            var stream = await connection.TakeRequestAsync();
            await connection.SendHeadAsync(stream);
            foreach (byte item in new byte[] { 0, 0, 0, 1, 0, 1, 2, 3 })
            {
                await connection.SendDataAsync(stream, item);
            }

            trickling.SetResult();
            await connection.HangAsync();
        });
        using var channel = peer.Open(new GrpcChannelOptions { TimeProvider = clock });
        using var call = channel.CallServerStreaming(options: new CallOptions(deadline: After(clock, seconds: 1)));
        var reading = call.ResponseStream.MoveNext();
        await trickling.Task;
        await call.ResponseHeadersAsync;
        clock.Advance(TimeSpan.FromSeconds(1));
        await Calls.FailsAsync(StatusCode.DeadlineExceeded, () => reading);
    }

    private static DateTime After(TestClock clock, double seconds) =>
        clock.GetUtcNow().UtcDateTime + TimeSpan.FromSeconds(seconds);

    private static async Task FailAsync(StatusCode expected, Func<RawPeer.Connection, Task> script)
    {
        await using var peer = new RawPeer(script);
        using var channel = peer.Open();
        using var unary = channel.CallUnary();
        await Calls.FailsAsync(expected, () => unary.ResponseAsync);
        using var duplex = channel.CallDuplex();
        await Calls.FailsAsync(expected, () => duplex.ResponseStream.MoveNext());
        await Calls.FailsAsync(expected, () => duplex.RequestStream.WriteAsync([1]));
    }
}
