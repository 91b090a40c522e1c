using Fabrik.ProtocolTests.Serving;
using Xunit;

namespace Fabrik.ProtocolTests.Transport;

/// <summary>Requests of which two readers could see different ends.</summary>
public sealed class RequestFramingTests
{
    private const string Put = "PUT /http/framed HTTP/1.1\r\nHost: a\r\n";
    private const string Chunks = "3\r\nabc\r\n0\r\n\r\n";
    private const string Smuggled = "PUT /http/smuggled HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx";

    [Theory]
    [InlineData(400, "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc")]
    [InlineData(400, "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc")]
    [InlineData(400, "Content-Length: 3, 3\r\n\r\nabc")]
    [InlineData(400, "Content-Length: -1\r\n\r\n")]
    [InlineData(400, "Content-Length: 0x3\r\n\r\nabc")]
    [InlineData(400, "Content-Length : 3\r\n\r\nabc")]
    [InlineData(400, "X-Folded: a\r\n b\r\n\r\n")]
    [InlineData(400, "Transfer-Encoding: chunked, identity\r\n\r\n" + Chunks)]
    [InlineData(400, "Transfer-Encoding: xchunked\r\n\r\n" + Chunks)]
    [InlineData(400, "Transfer-Encoding: chunked\r\n\r\nxyz\r\n")]
    [InlineData(501, "Transfer-Encoding: gzip, chunked\r\n\r\n" + Chunks)]
    [InlineData(501, "Transfer-Encoding: chunked, chunked\r\n\r\n" + Chunks)]
    [InlineData(501, "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n" + Chunks)]
    [InlineData(201, "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n" + Chunks)]
    public async Task Request_WhoseEndIsInDoubt_IsTheLastOfItsConnection(int status, string rest)
    {
        await using var server = await RunningServer.StartAsync();
        await using var connection = await server.ConnectAsync();
        await connection.SendAsync(Put + rest + Smuggled);

        var answer = await connection.ReadAnswerAsync();

        Assert.Equal(status, answer.Status);
        Assert.Equal("close", answer.Find("Connection"));
        await connection.WaitForCloseAsync();
        Assert.Equal(404, await server.StatusAsync("GET", "/http/smuggled"));
    }

    [Theory]
    [InlineData("chunked")]
    [InlineData("Chunked")]
    public async Task Request_InChunks_IsTakenAndTheConnectionGoesOn(string coding)
    {
        await using var server = await RunningServer.StartAsync();
        await using var connection = await server.ConnectAsync();
        await connection.SendAsync($"{Put}Transfer-Encoding: {coding}\r\n\r\n{Chunks}{Smuggled}");

        Assert.Equal(201, (await connection.ReadAnswerAsync()).Status);
        Assert.Equal(201, (await connection.ReadAnswerAsync()).Status);
    }
}
