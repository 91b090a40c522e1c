using Fabrik.Server;
using Xunit;

namespace Fabrik.ProtocolTests.Serving;

/// <summary>Uploads that are too large, break off, or wait to be asked for.</summary>
public sealed class UploadTests : IAsyncLifetime
{
    private const int Max = 100_000;

    private RunningServer _server = null!;

    public static TheoryData<string> Paths => Doors.All;

    public async ValueTask InitializeAsync() =>
        _server = await RunningServer.StartAsync(new ServerOptions { MaxArtifactSize = Max });

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Length_AboveTheLimit_IsRefusedBeforeTheBody(string path)
    {
        var answer = await _server.SendRawAsync(
            $"PUT {path} HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: {Max + 1}\r\n"
            + "Connection: close\r\n\r\n");

        Assert.StartsWith($"HTTP/1.1 {TooLargeAt(path)} ", answer);
        Assert.Equal(0, _server.Tier.Puts);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Chunks_AboveTheLimit_StoreNothing(string path)
    {
        var chunk = new string('x', 0x8000);
        var body = string.Concat(Enumerable.Repeat($"8000\r\n{chunk}\r\n", 4)) + "0\r\n\r\n";

        var answer = await _server.SendRawAsync(
            $"PUT {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n{body}");

        Assert.StartsWith($"HTTP/1.1 {TooLargeAt(path)} ", answer);
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
        await _server.SendRawAsync(
            $"PUT {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nonly this", halfClose: true);
        await _server.SendRawAsync(
            $"PUT {path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", halfClose: true);

        Assert.Equal(0, _server.Tier.Count);
        Assert.Equal(404, await _server.StatusAsync("GET", path));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Upload_WithABrokenChunk_StoresNothing(string path)
    {
        await _server.SendRawAsync(
            $"PUT {path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n", halfClose: true);

        Assert.Equal(0, _server.Tier.Count);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Upload_ThatWaitsToBeAskedFor_IsAskedFor(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = new ByteArrayContent([1, 2, 3]) };
        request.Headers.ExpectContinue = true;

        using var response = await _server.Client.SendAsync(request);

        Assert.InRange((int)response.StatusCode, 200, 202);
        Assert.Equal([1, 2, 3], await _server.Client.GetByteArrayAsync(path));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Upload_ThatWaitsWithATokenThatMayNotWrite_IsNotAskedFor(string path)
    {
        var answer = await _server.SendRawAsync(
            $"PUT {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ro\r\nExpect: 100-continue\r\n"
            + "Content-Length: 3\r\nConnection: close\r\n\r\n");

        Assert.DoesNotContain("100 Continue", answer);
        Assert.StartsWith("HTTP/1.1 ", answer);
        Assert.Equal(0, _server.Tier.Puts);
    }

    private static int TooLargeAt(string path) => path == Doors.Nx ? 409 : 413;
}
