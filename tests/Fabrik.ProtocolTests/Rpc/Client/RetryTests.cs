using Fabrik.Testing;
using Fabrik.Upstreams.Rpc;
using Fabrik.Wire.Grpc;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Fabrik.ProtocolTests.Rpc.Client;

public class RetryTests
{
    private static readonly TimeSpan OneHour = TimeSpan.FromHours(1);

    [Fact]
    public async Task Unavailable_WithoutAPolicy_IsNotTriedAgain()
    {
        var requests = 0;
        await using var peer = await Peer.StartAsync(context => RefuseFirstAsync(context, ++requests, 1));
        using var channel = peer.Open();
        await Calls.FailsAsync(StatusCode.Unavailable, () => channel.CallUnary().ResponseAsync);
        Assert.Equal(1, requests);
    }

    [Fact]
    public async Task Unavailable_ThenAnswer_SucceedsAndSaysHowManyWentBefore()
    {
        var requests = new List<string>();
        await using var peer = await Peer.StartAsync(context =>
        {
            requests.Add(context.Request.Headers["grpc-previous-rpc-attempts"].ToString());
            return RefuseFirstAsync(context, requests.Count, 2);
        });
        using var channel = peer.Open(Quick());
        Assert.Equal([7], await channel.CallUnary([7]));
        Assert.Equal(["", "1", "2"], requests);
    }

    [Theory]
    [InlineData(14, "-1", 1)]
    [InlineData(14, "soon", 1)]
    [InlineData(14, "1", 3)]
    [InlineData(5, null, 1)]
    public async Task Failure_ForGood_EndsAfterAsManyAttempts(int status, string? pushback, int attempts)
    {
        var requests = 0;
        await using var peer = await Peer.StartAsync(context =>
        {
            requests++;
            Peer.Refuse(context, status);
            context.Response.Headers["grpc-retry-pushback-ms"] = pushback;
            return Task.CompletedTask;
        });
        using var channel = peer.Open(Quick());
        await Calls.FailsAsync((StatusCode)status, () => channel.CallUnary().ResponseAsync);
        Assert.Equal(attempts, requests);
    }

    [Fact]
    public async Task Failure_AfterHeaders_IsNotTriedAgain()
    {
        var requests = 0;
        await using var peer = await Peer.StartAsync(async context =>
        {
            requests++;
            await Peer.BeginAsync(context);
            Peer.End(context, 14);
        });
        using var channel = peer.Open(Quick());
        await Calls.FailsAsync(StatusCode.Unavailable, () => channel.CallUnary().ResponseAsync);
        Assert.Equal(1, requests);
    }

    [Fact]
    public async Task Stream_RefusedBeforeItsFirstMessage_IsTriedAgain()
    {
        var requests = 0;
        var refused = new TaskCompletionSource();
        await using var peer = await Peer.StartAsync(context =>
        {
            if (++requests > 1)
            {
                refused.TrySetResult();
            }

            return RefuseFirstAsync(context, requests, 1);
        });
        using var channel = peer.Open(Quick());
        using var call = channel.CallDuplex();
        await refused.Task;
        await call.RequestStream.WriteAsync([3]);
        Assert.True(await call.ResponseStream.MoveNext());
        Assert.Equal([3], call.ResponseStream.Current);
        Assert.Equal(2, requests);
    }

    [Fact]
    public async Task Stream_RefusedAfterAMessage_IsNotTriedAgain()
    {
        var requests = 0;
        await using var peer = await Peer.StartAsync(async context =>
        {
            requests++;
            await Peer.ReadAsync(context);
            Peer.Refuse(context, 14);
        });
        using var channel = peer.Open(Quick());
        using var call = channel.CallClientStreaming();
        await call.RequestStream.WriteAsync([1]);
        await Calls.FailsAsync(StatusCode.Unavailable, () => call.ResponseAsync);
        Assert.Equal(1, requests);
    }

    [Fact]
    public async Task Throttling_BudgetSpent_NothingIsTriedAgain()
    {
        var requests = 0;
        await using var peer = await Peer.StartAsync(context =>
        {
            requests++;
            Peer.Refuse(context, 14);
            return Task.CompletedTask;
        });
        using var channel = peer.Open(Quick() with { RetryThrottling = new RetryThrottlingPolicy { MaxTokens = 4 } });
        await Calls.FailsAsync(StatusCode.Unavailable, () => channel.CallUnary().ResponseAsync);
        await Calls.FailsAsync(StatusCode.Unavailable, () => channel.CallUnary().ResponseAsync);

        // The second failure leaves 2 of 4 tokens, which is no more than half.
        Assert.Equal(3, requests);
    }

    [Fact]
    public async Task Pause_DeadlineWithinIt_EndsTheCall()
    {
        var clock = new TestClock();
        var refused = new TaskCompletionSource();
        await using var peer = new RawPeer(_ =>
        {
            refused.TrySetResult();
            return Task.CompletedTask;
        });
        using var channel = peer.Open(Quick() with
        {
            TimeProvider = clock,
            RetryPolicy = new RetryPolicy { InitialBackoff = OneHour, MaxBackoff = OneHour },
        });
        var options = new CallOptions(deadline: clock.GetUtcNow().UtcDateTime.AddSeconds(1));
        using var call = channel.CallUnary(options: options);
        await refused.Task;
        clock.Advance(TimeSpan.FromSeconds(1));
        await Calls.FailsAsync(StatusCode.DeadlineExceeded, () => call.ResponseAsync);
    }

    private static GrpcChannelOptions Quick() => new()
    {
        RetryPolicy = new RetryPolicy { InitialBackoff = TimeSpan.FromMilliseconds(1) },
    };

    private static Task RefuseFirstAsync(HttpContext context, int request, int refusals)
    {
        if (request > refusals)
        {
            return Peer.EchoAsync(context);
        }

        Peer.Refuse(context, 14, "busy");
        return Task.CompletedTask;
    }
}
