using System.Diagnostics;
using Fabrik.Testing;
using Fabrik.Upstreams.Rpc;
using Fabrik.Wire.Grpc;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Fabrik.ProtocolTests.Rpc.Client;

/// <summary>Calls that this side ends, and what goes with every call without being asked for.</summary>
public class CallEndTests
{
    [Fact]
    public async Task Deadline_InTheFuture_IsSentAsTimeout()
    {
        var clock = new TestClock();
        var timeout = "";
        await using var peer = await Peer.StartAsync(context =>
        {
            timeout = context.Request.Headers["grpc-timeout"].ToString();
            return Peer.EchoAsync(context);
        });
        using var channel = peer.Open(new GrpcChannelOptions { TimeProvider = clock });
        await channel.CallUnary(options: new CallOptions(deadline: clock.GetUtcNow().UtcDateTime.AddSeconds(2)));
        Assert.Equal("2000000u", timeout);
        await channel.CallUnary(options: new CallOptions(deadline: DateTime.MaxValue));
        Assert.Equal("", timeout);
    }

    [Fact]
    public async Task Deadline_InThePast_FailsWithoutSending()
    {
        var clock = new TestClock();
        var requests = 0;
        await using var peer = await Peer.StartAsync(context =>
        {
            requests++;
            return Peer.EchoAsync(context);
        });
        using var channel = peer.Open(new GrpcChannelOptions { TimeProvider = clock });
        var options = new CallOptions(deadline: clock.GetUtcNow().UtcDateTime);
        await Calls.FailsAsync(StatusCode.DeadlineExceeded, () => channel.CallUnary(options: options).ResponseAsync);
        Assert.Equal(0, requests);
    }

    [Fact]
    public async Task Server_CancelsAtTheDeadline_IsDeadlineExceeded()
    {
        var clock = new TestClock();
        await using var peer = await Peer.StartAsync(context =>
        {
            // The wall clock passes the deadline, and the server is the first to notice.
            clock.Jump(clock.GetUtcNow().AddSeconds(2));
            Peer.Refuse(context, 1);
            return Task.CompletedTask;
        });
        using var channel = peer.Open(new GrpcChannelOptions { TimeProvider = clock });
        var options = new CallOptions(deadline: clock.GetUtcNow().UtcDateTime.AddSeconds(1));
        await Calls.FailsAsync(StatusCode.DeadlineExceeded, () => channel.CallUnary(options: options).ResponseAsync);
    }

    [Fact]
    public async Task Token_Fires_ServerSeesTheCallGo()
    {
        var (started, gone) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var peer = await Peer.StartAsync(context => HangAsync(context, started, gone));
        using var channel = peer.Open();
        using var cancel = new CancellationTokenSource();
        using var call = channel.CallUnary(options: new CallOptions(cancellationToken: cancel.Token));
        await started.Task;
        await cancel.CancelAsync();
        await Calls.FailsAsync(StatusCode.Cancelled, () => call.ResponseAsync);
        await gone.Task;
    }

    [Fact]
    public async Task Token_FiredBefore_FailsWithoutSending()
    {
        await using var peer = await Peer.StartAsync(static _ => throw new InvalidOperationException());
        using var channel = peer.Open();
        var options = new CallOptions(cancellationToken: new CancellationToken(canceled: true));
        await Calls.FailsAsync(StatusCode.Cancelled, () => channel.CallUnary(options: options).ResponseAsync);
        using var call = channel.CallDuplex(options);
        await Calls.FailsAsync(StatusCode.Cancelled, () => call.RequestStream.WriteAsync([1]));
        await Calls.FailsAsync(StatusCode.Cancelled, () => call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task Read_ItsTokenFires_CallIsGivenUp()
    {
        var (started, gone) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var peer = await Peer.StartAsync(context => HangAsync(context, started, gone));
        using var channel = peer.Open();
        using var cancel = new CancellationTokenSource();
        using var call = channel.CallServerStreaming();
        var reading = call.ResponseStream.MoveNext(cancel.Token);
        await started.Task;
        await cancel.CancelAsync();
        await Calls.FailsAsync(StatusCode.Cancelled, () => reading);
        await gone.Task;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task CallOrChannel_Disposed_ServerSeesTheCallGo(bool isChannel)
    {
        var (started, gone) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var peer = await Peer.StartAsync(context => HangAsync(context, started, gone));
        using var channel = peer.Open();
        using var call = channel.CallDuplex();
        await call.RequestStream.WriteAsync([1]);
        await call.ResponseHeadersAsync;
        await started.Task;
        (isChannel ? channel : (IDisposable)call).Dispose();
        await gone.Task;
        Assert.Equal(StatusCode.Cancelled, call.GetStatus().StatusCode);
        await Calls.FailsAsync(StatusCode.Cancelled, () => call.ResponseStream.MoveNext());
        await Calls.FailsAsync(StatusCode.Cancelled, () => call.RequestStream.WriteAsync([1]));
        if (isChannel)
        {
            Assert.Throws<ObjectDisposedException>(() => channel.CallUnary());
        }
    }

    [Fact]
    public async Task Write_WindowIsFull_WaitsUntilTheServerMakesRoom()
    {
        const int Window = 65_535;
        var (full, room) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var peer = new RawPeer(async connection =>
        {
            var stream = await connection.TakeRequestAsync();
            await connection.TakeDataAsync(Window);
            full.SetResult();
            await room.Task;
            await connection.SendWindowAsync(stream, 3 * Window);
            await connection.HangAsync();
        });
        using var channel = peer.Open();
        using var call = channel.CallClientStreaming();
        var writing = call.RequestStream.WriteAsync(new byte[2 * Window]);
        await full.Task;
        Assert.False(writing.IsCompleted);
        await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.WriteAsync([1]));
        await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.CompleteAsync());
        room.SetResult();
        await writing;
    }

    [Fact]
    public async Task Write_WaitingAndItsTokenFires_CallIsGivenUp()
    {
        var full = new TaskCompletionSource();
        var reset = new TaskCompletionSource<int>();
        await using var peer = new RawPeer(async connection =>
        {
            await connection.TakeRequestAsync();
            await connection.TakeDataAsync(65_535);
            full.SetResult();
            reset.SetResult(await connection.TakeResetAsync());
        });
        using var channel = peer.Open();
        using var cancel = new CancellationTokenSource();
        using var call = channel.CallClientStreaming();
        var writing = call.RequestStream.WriteAsync(new byte[100_000], cancel.Token);
        await full.Task;
        await cancel.CancelAsync();
        await Calls.FailsAsync(StatusCode.Cancelled, () => writing);
        await Calls.FailsAsync(StatusCode.Cancelled, () => call.ResponseAsync);
        Assert.Equal(8, await reset.Task);
    }

    [Fact]
    public async Task Read_NobodyReads_ServerWaitsAfterOneWindow()
    {
        var done = new TaskCompletionSource();
        await using var peer = await Peer.StartAsync(async context =>
        {
            await Peer.BeginAsync(context);
            for (var i = 0; i < 64; i++)
            {
                await Peer.WriteAsync(context, new byte[100_000]);
            }

            Peer.End(context);
            done.SetResult();
        });
        using var channel = peer.Open(new GrpcChannelOptions { InitialStreamWindowSize = 65_535 });
        using var call = channel.CallServerStreaming();
        Assert.True(await call.ResponseStream.MoveNext());
        Assert.False(done.Task.IsCompleted);
        for (var i = 1; i < 64; i++)
        {
            Assert.True(await call.ResponseStream.MoveNext());
        }

        Assert.False(await call.ResponseStream.MoveNext());
        await done.Task;
    }

    [Fact]
    public async Task Writer_MisusedByItsCaller_Throws()
    {
        await using var peer = await Peer.StartAsync(Peer.EchoAsync);
        using var channel = peer.Open();
        using var call = channel.CallDuplex();
        await call.RequestStream.CompleteAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.WriteAsync([1]));
        await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.CompleteAsync());
        Assert.Throws<InvalidOperationException>(() => call.ResponseStream.Current);
        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task Activity_Current_IsPropagatedAsTraceparent()
    {
        var traceparent = "";
        await using var peer = await Peer.StartAsync(context =>
        {
            traceparent = context.Request.Headers.TraceParent.ToString();
            return Peer.EchoAsync(context);
        });
        using var channel = peer.Open();
        using var activity = new Activity("build").SetIdFormat(ActivityIdFormat.W3C).Start();
        activity.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        await channel.CallUnary();
        Assert.Equal($"00-{activity.TraceId}-{activity.SpanId}-01", traceparent);
        traceparent = "";
        using var call = channel.CallDuplex();
        await call.ResponseHeadersAsync;
        Assert.Equal($"00-{activity.TraceId}-{activity.SpanId}-01", traceparent);
    }

    private static async Task HangAsync(HttpContext context, TaskCompletionSource started, TaskCompletionSource gone)
    {
        using var registration = context.RequestAborted.Register(gone.SetResult);
        await Peer.BeginAsync(context);
        started.SetResult();
        await gone.Task;
    }
}
