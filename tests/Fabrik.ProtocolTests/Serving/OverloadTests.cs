using Fabrik.Server.Adapters.Serving;
using Xunit;

namespace Fabrik.ProtocolTests.Serving;

/// <summary>What is turned away is answered as a build can bear, and the connection goes on where it can.</summary>
public sealed class OverloadTests
{
    [Theory]
    [InlineData("/cache/abcd", 413)]
    [InlineData("/http/abcd", 503)]
    public async Task SmallWrite_WhenAllPlacesAreTaken_IsTakenInAndTheConnectionGoesOn(string path, int status)
    {
        await using var server = await RunningServer.StartAsync();
        await using var connection = await server.ConnectAsync();
        Fill(server);
        await connection.SendAsync($"PUT {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
        Assert.Equal(status, (await connection.ReadAnswerAsync()).Status);

        server.Gate.Leave();
        await connection.SendAsync($"PUT {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
        Assert.InRange((await connection.ReadAnswerAsync()).Status, 200, 201);
    }

    [Fact]
    public async Task LargeWrite_WhenAllPlacesAreTaken_IsAnsweredBeforeItIsSent()
    {
        await using var server = await RunningServer.StartAsync();
        await using var connection = await server.ConnectAsync();
        Fill(server);
        await connection.SendAsync("PUT /cache/abcd HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\n");

        var answer = await connection.ReadAnswerAsync();

        Assert.Equal(413, answer.Status);
        Assert.Equal("close", answer.Find("Connection"));
        await connection.SendAsync(new byte[900_000]);
        await connection.WaitForCloseAsync();
    }

    [Fact]
    public async Task Sender_ThatGoesOnAfterItsAnswer_DoesNotHoldTheServersEnd()
    {
        await using var server = await RunningServer.StartAsync();
        await using var connection = await server.ConnectAsync();
        Fill(server);
        await connection.SendAsync("PUT /cache/abcd HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\nabc");
        Assert.Equal(413, (await connection.ReadAnswerAsync()).Status);

        await server.DrainAsync();

        var closed = connection.WaitForCloseAsync();
        for (var passed = 1; passed < UnwantedBody.MaxLinger.TotalSeconds && !closed.IsCompleted; passed++)
        {
            // The server may not have begun to wait when its answer is here.
            server.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(closed, Task.Delay(TimeSpan.FromMilliseconds(250)));
        }

        Assert.True(closed.IsCompleted);
    }

    private static void Fill(RunningServer server)
    {
        for (var i = 0; i < RunningServer.MaxRequests; i++)
        {
            Assert.True(server.Gate.TryEnter());
        }
    }
}
