using Fabrik.Server.Rpc;
using Fabrik.Wire.Grpc;
using Xunit;

namespace Fabrik.ProtocolTests.Rpc;

/// <summary>Deadlines, clients that go away, and clients that stand still.</summary>
public sealed class RpcFlowTests : IAsyncLifetime
{
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(5);

    private RpcTestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RpcTestServer.StartAsync(new RpcServerOptions
    {
        IdleTimeout = Idle,
    });

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Deadline_ThatPasses_CancelsTheMethodAndIsAnswered()
    {
        var answering = _server.Client.CallAsync("Wait", [], ("grpc-timeout", "10S"));
        await _server.Echo.StartedAsync();
        _server.Clock.Advance(TimeSpan.FromSeconds(9));
        Assert.False(answering.IsCompleted);
        _server.Clock.Advance(TimeSpan.FromSeconds(1));
        var answer = await answering;

        Assert.Equal(StatusCode.DeadlineExceeded, answer.Status);
        Assert.Equal("Wait", await _server.Echo.EndedAsync());
        Assert.Equal(0, _server.Gate.InFlight);
    }

    [Fact]
    public async Task Deadline_WhileMessagesAreWaitedFor_IsAnswered()
    {
        using var content = new PushContent();
        content.Push(RpcTestClient.Frame(1));
        var answering = _server.Client.SendAsync($"/{EchoService.Name}/Slow", content, ("grpc-timeout", "10S"));
        await _server.Echo.StartedAsync();
        _server.Echo.Release();
        _server.Clock.Advance(TimeSpan.FromSeconds(10));
        var answer = await answering;
        content.End();

        Assert.Equal(StatusCode.DeadlineExceeded, answer.Status);
    }

    [Theory]
    [InlineData("0S")]
    [InlineData("1n")]
    public async Task Deadline_ThatHasPassedAlready_IsAnswered(string timeout)
    {
        var answering = _server.Client.CallAsync("Wait", [], ("grpc-timeout", timeout));
        await _server.Echo.StartedAsync();
        _server.Clock.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(StatusCode.DeadlineExceeded, (await answering).Status);
    }

    [Fact]
    public async Task Deadline_FarAway_IsTaken()
    {
        var answer = await _server.Client.CallAsync("Echo", [1], ("grpc-timeout", "99999999H"));

        Assert.Equal(StatusCode.OK, answer.Status);
    }

    [Fact]
    public async Task Headers_SentByTheMethod_ComeBeforeItEnds()
    {
        using var content = new ByteArrayContent(RpcTestClient.Frame(1));
        using var response = await _server.Client.OpenAsync(
            $"/{EchoService.Name}/Wait", content, [("grpc-timeout", "10S")]);
        await _server.Echo.StartedAsync();
        _server.Clock.Advance(TimeSpan.FromSeconds(10));
        var answer = await RpcTestClient.ReadAsync(response);

        Assert.Equal("yes", answer.Headers["x-early"]);
        Assert.False(answer.IsTrailersOnly);
        Assert.Equal(StatusCode.DeadlineExceeded, answer.Status);
    }

    [Fact]
    public async Task Messages_SentTwoAtOnce_AreRefused()
    {
        var answer = await _server.Client.CallAsync("TwoAtOnce", [1]);

        Assert.Equal(StatusCode.OK, answer.Status);
        Assert.Single(answer.Messages);
    }

    [Fact]
    public async Task Client_ThatCancels_CancelsTheMethod()
    {
        // An empty request: a method that has sent its headers cannot be cancelled by whoever opened it.
        using var cancellation = new CancellationTokenSource();
        using var content = new ByteArrayContent(RpcTestClient.Frame());
        var opening = _server.Client.OpenAsync($"/{EchoService.Name}/Wait", content, [], cancellation.Token);
        await _server.Echo.StartedAsync();
        await cancellation.CancelAsync();

        // Whether the client still takes the answer of a method that was cancelled is the client's affair.
        await Task.WhenAny(opening);
        Assert.Equal("Wait", await _server.Echo.EndedAsync());
    }

    [Fact]
    public async Task Client_ThatTakesNothing_HoldsTheMethodUpAndIsGivenUp()
    {
        // 64 messages of 256 KiB: far more than the windows of the client and the buffers of the server.
        using var content = new ByteArrayContent(RpcTestClient.Frame(RpcCallTests.Repeat(64 * 10, 256 * 1024)));
        using var response = await _server.Client.OpenAsync($"/{EchoService.Name}/Repeat", content, []);
        var sent = await StandstillAsync(() => _server.Echo.Sent);

        Assert.InRange(sent, 0, 64 * 10 - 1);
        _server.Clock.Advance(Idle + Idle);
        Assert.Equal("Repeat", await _server.Echo.EndedAsync());
    }

    [Fact]
    public async Task Client_ThatSendsFasterThanTheMethodTakes_IsHeldUp()
    {
        using var content = new PushContent();
        var frame = RpcTestClient.Frame(new byte[256 * 1024]);
        for (var i = 0; i < 64; i++)
        {
            content.Push(frame);
        }

        content.End();
        var answering = _server.Client.SendAsync($"/{EchoService.Name}/Slow", content);
        await _server.Echo.StartedAsync();

        Assert.InRange(await StandstillAsync(() => content.Sent), 0, 63);
        _server.Echo.Release();
        Assert.Equal(StatusCode.OK, (await answering).Status);
        Assert.Equal(64, _server.Echo.Taken);
    }

    [Fact]
    public async Task Client_ThatSendsNothing_IsGivenUp()
    {
        using var content = new PushContent();
        content.Push(RpcTestClient.Frame(1));
        var answering = _server.Client.SendAsync($"/{EchoService.Name}/Slow", content);
        await _server.Echo.StartedAsync();
        _server.Echo.Release();
        await StandstillAsync(() => _server.Echo.Taken);
        _server.Clock.Advance(Idle + Idle);
        var answer = await answering;
        content.End();

        Assert.Equal(StatusCode.Cancelled, answer.Status);
        Assert.Equal(0, _server.Gate.InFlight);
    }

    // The count after which nothing happens for a while: both ends wait for each other.
    private static async Task<int> StandstillAsync(Func<int> count)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var (last, times) = (-1, 0);
        while (times < 10 && await timer.WaitForNextTickAsync())
        {
            var now = count();
            times = now == last ? times + 1 : 0;
            last = now;
        }

        return last;
    }
}
