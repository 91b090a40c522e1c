using Fabrik.Cache;
using Fabrik.Server;
using Fabrik.Server.Adapters.Serving;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.ProtocolTests.Serving;

/// <summary>Uploads that are too large, break off, or wait to be asked for.</summary>
public sealed class UploadTests : IAsyncLifetime
{
    private const int Max = 100_000;

    /// <summary>More than the buffers of two sockets hold.</summary>
    private const int FarAbove = 20_000_000;

    private RunningServer _server = null!;

    public static TheoryData<string> Paths => Doors.All;

    public async ValueTask InitializeAsync() =>
        _server = await RunningServer.StartAsync(new ServerOptions { MaxArtifactSize = Max });

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Length_AboveTheLimit_IsRefusedBeforeTheBody(string path)
    {
        await using var connection = await _server.ConnectAsync();
        await connection.SendAsync($"PUT {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {Max + 1}\r\n\r\n");

        var answer = await connection.ReadAnswerAsync();

        Assert.Equal(TooLargeAt(path), answer.Status);
        Assert.True(answer.Closes);
        Assert.Equal(0, _server.Tier.Puts);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Length_AboveTheLimit_IsHeardBySendersThatSendAllBeforeTheyListen(string path)
    {
        await using var connection = await _server.ConnectAsync();
        await connection.SendAsync($"PUT {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {FarAbove}\r\n\r\n");
        for (var sent = 0; sent < FarAbove; sent += FarAbove / 10)
        {
            await connection.SendAsync(new byte[FarAbove / 10]);
        }

        Assert.Equal(TooLargeAt(path), (await connection.ReadAnswerAsync()).Status);
        await connection.WaitForCloseAsync();
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Length_AboveTheLimitWithExpect_IsRefusedWithoutAskingForTheBody(string path)
    {
        var answer = await _server.SendRawAsync(
            $"PUT {path} HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: {Max + 1}\r\n\r\n");

        Assert.Equal(TooLargeAt(path), answer.Status);
        Assert.True(answer.Closes);
        Assert.Equal(0, _server.Tier.Puts);
    }

    [Fact]
    public async Task Sender_ThatNeverStops_IsDroppedAtTheLimit()
    {
        await using var connection = await _server.ConnectAsync();
        await connection.SendAsync($"PUT {Doors.Gradle} HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000000\r\n\r\n");
        Assert.Equal(413, (await connection.ReadAnswerAsync()).Status);

        var piece = new byte[1_000_000];
        var sent = 0L;
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            while (true)
            {
                await connection.SendAsync(piece);
                sent += piece.Length;
            }
        });

        // The rest is what the buffers between the two hold.
        Assert.InRange(sent, UnwantedBody.MinLingerBytes / 2, UnwantedBody.MinLingerBytes + FarAbove);
    }

    [Fact]
    public async Task Sender_ThatNeitherSendsNorGoes_IsDroppedAfterTheTime()
    {
        await using var connection = await _server.ConnectAsync();
        await connection.SendAsync($"PUT {Doors.Gradle} HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000000\r\n\r\n");
        Assert.Equal(413, (await connection.ReadAnswerAsync()).Status);

        await _server.Clock.AdvanceUntilAsync(UnwantedBody.MaxLinger, connection.WaitForCloseAsync());
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Chunks_AboveTheLimit_StoreNothing(string path)
    {
        var chunk = new string('x', 0x8000);
        var body = string.Concat(Enumerable.Repeat($"8000\r\n{chunk}\r\n", 4)) + "0\r\n\r\n";

        var answer = await _server.SendRawAsync(
            $"PUT {path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{body}");

        Assert.Equal(TooLargeAt(path), answer.Status);
        Assert.Equal(0, _server.Tier.Count);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Length_AtTheLimit_IsStored(string path) =>
        Assert.InRange(await _server.StatusAsync("PUT", path, new byte[Max]), 200, 202);

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Upload_ThatBreaksOff_StoresNothing(string path)
    {
        await _server.BreakOffAsync($"PUT {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nonly this");
        await _server.BreakOffAsync(
            $"PUT {path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");

        Assert.Equal(0, _server.Tier.Count);
        Assert.Equal(404, await _server.StatusAsync("GET", path));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Upload_WhoseSenderIsKilled_StoresNothing(string path)
    {
        await using (var connection = await _server.ConnectAsync())
        {
            await connection.SendAsync($"PUT {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nonly this");
            connection.Reset();
        }

        Assert.InRange(await _server.StatusAsync("PUT", path, [1, 2, 3]), 200, 202);
        Assert.Equal([1, 2, 3], await _server.Client.GetByteArrayAsync(path));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Upload_WithABrokenChunk_StoresNothing(string path)
    {
        await _server.BreakOffAsync(
            $"PUT {path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n");

        Assert.Equal(0, _server.Tier.Count);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Upload_ThatWaitsToBeAskedFor_IsAskedForAndKeepsTheConnection(string path)
    {
        await using var connection = await _server.ConnectAsync();
        await connection.SendAsync(
            $"PUT {path} HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
        Assert.Equal(100, (await connection.ReadAnswerAsync()).Status);
        await connection.SendAsync("abc");

        var answer = await connection.ReadAnswerAsync();

        Assert.InRange(answer.Status, 200, 202);
        Assert.False(answer.Closes);
        await connection.SendAsync($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("abc", (await connection.ReadAnswerAsync()).Body);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Upload_ThatWaitsWithATokenThatMayNotWrite_IsNotAskedFor(string path)
    {
        var answer = await _server.SendRawAsync(
            $"PUT {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ro\r\nExpect: 100-continue\r\n"
            + "Content-Length: 3\r\n\r\n");

        Assert.Equal(path switch { Doors.Gradle => 413, Doors.Turborepo => 202, _ => 403 }, answer.Status);
        Assert.True(answer.Closes);
        Assert.Equal(0, _server.Tier.Puts);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Upload_ThatFails_IsTakenInSoThatTheConnectionGoesOn(string path)
    {
        _server.Tier.Fault.Put = CacheErrorKind.Io;
        await using var connection = await _server.ConnectAsync();
        await connection.SendAsync($"PUT {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {Max}\r\n\r\n");
        await connection.SendAsync(new byte[Max]);

        var refused = await connection.ReadAnswerAsync();
        await connection.SendAsync($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.InRange(refused.Status, 400, 599);
        Assert.False(refused.Closes);
        Assert.Equal(404, (await connection.ReadAnswerAsync()).Status);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Upload_FromAStranger_HearsItsStatusEvenIfItIsLarge(string path)
    {
        _server.Authenticator.Open = false;
        await using var connection = await _server.ConnectAsync();
        await connection.SendAsync($"PUT {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {Max}\r\n\r\n");
        await connection.SendAsync(new byte[Max]);

        var answer = await connection.ReadAnswerAsync();

        Assert.Equal(401, answer.Status);
        Assert.True(answer.Closes);
    }

    private static int TooLargeAt(string path) => path == Doors.Nx ? 409 : 413;
}
