using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Fabrik.Server.Transport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Fabrik.ProtocolTests.Transport;

/// <summary>A real Kestrel with the direct output, asked by real sockets.</summary>
public sealed class DirectOutputTests : IAsyncLifetime
{
    private const int FileSize = (20 * 1024 * 1024) + 17;

    // Cut off after two seconds in which less than two steps were taken.
    private static readonly MinDataRate Slowest = new(TakingPace.Step, TimeSpan.FromSeconds(2));

    private readonly byte[] _content = RandomNumberGenerator.GetBytes(FileSize);
    private readonly string _path = Path.GetTempFileName();
    private readonly TaskCompletionSource<bool> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebApplication? _app;
    private Uri _address = null!;

    public static TheoryData<long, long> Ranges => new()
    {
        { 0, 1 }, { 0, 4096 }, { 1, 65536 }, { 12345, 8 * 1024 * 1024 }, { 5, (8 * 1024 * 1024) + 1 }, { 0, FileSize },
        { 4095, 1 }, { 4095, 2 }, { 4097, 4095 }, { 4097, 4096 }, { 100, 50 }, { FileSize - 3, 3 },
    };

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the direct output is for Linux");
        await File.WriteAllBytesAsync(_path, _content);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0, listener =>
            {
                listener.Protocols = HttpProtocols.Http1;
                listener.UseDirectOutput(TimeProvider.System, Slowest);
            });
        });
        _app = builder.Build();
        _app.Run(AnswerAsync);
        await _app.StartAsync();
        _address = new Uri(_app.Urls.Single());
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        File.Delete(_path);
    }

    [Theory]
    [MemberData(nameof(Ranges))]
    public async Task SendFile_OfARange_DeliversExactlyIt(long offset, long count)
    {
        using var client = new HttpClient { BaseAddress = _address };

        var body = await client.GetByteArrayAsync(new Uri($"/file?{offset}-{count}", UriKind.Relative));

        Assert.True(_content.AsSpan((int)offset, (int)count).SequenceEqual(body));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(65536)]
    [InlineData(8 * 1024 * 1024)]
    public async Task Send_OfMemory_DeliversExactlyIt(int count)
    {
        using var client = new HttpClient { BaseAddress = _address };

        var body = await client.GetByteArrayAsync(new Uri($"/memory?0-{count}", UriKind.Relative));

        Assert.True(_content.AsSpan(0, count).SequenceEqual(body));
    }

    [Fact]
    public async Task Connection_AfterADirectBody_ServesTheNextRequest()
    {
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = 1 };
        using var client = new HttpClient(handler) { BaseAddress = _address };
        var connections = new HashSet<string>(StringComparer.Ordinal);

        foreach (var path in new[] { "/file?0-70000", "/memory?0-100", "/copied?0-5000", "/file?7-1", "/empty" })
        {
            using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
            connections.Add(response.Headers.GetValues("Connection-Id").Single());
            await response.Content.ReadAsByteArrayAsync();
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        Assert.Single(connections);
    }

    [Fact]
    public async Task Pipelined_Requests_AreAnsweredInOrder()
    {
        using var socket = await ConnectAsync();
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync("GET /file?0-100 HTTP/1.1\r\nHost: a\r\n\r\nGET /memory?0-50 HTTP/1.1\r\nHost: a\r\n"u8
            .ToArray());
        await stream.WriteAsync("Connection: close\r\n\r\n"u8.ToArray());

        using var all = new MemoryStream();
        await stream.CopyToAsync(all);

        var text = all.ToArray().AsSpan();
        var first = text.IndexOf(_content.AsSpan(0, 100));
        Assert.True(first > 0);
        Assert.True(text[(first + 100)..].IndexOf(_content.AsSpan(0, 50)) > 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4095)]
    public async Task Client_ThatReadsSlowly_GetsAllOfIt(int offset)
    {
        using var socket = await ConnectAsync(receiveBuffer: 4096);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(
            $"GET /file?{offset}-{FileSize - offset} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
        using var all = new MemoryStream();
        var piece = new byte[7001];
        int count;
        while ((count = await stream.ReadAsync(piece)) > 0)
        {
            all.Write(piece, 0, count);
        }

        Assert.True(all.ToArray().AsSpan(^(FileSize - offset)..).SequenceEqual(_content.AsSpan(offset)));
    }

    [Theory]
    [InlineData("file")]
    [InlineData("memory")]
    public async Task Client_ThatStopsReading_IsCutOff(string kind)
    {
        using var socket = await ConnectAsync(receiveBuffer: 4096);
        await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes(
            $"GET /{kind}?0-{FileSize} HTTP/1.1\r\nHost: a\r\n\r\n"));

        Assert.False(await _outcome.Task.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Theory]
    [InlineData("file")]
    [InlineData("memory")]
    public async Task Client_ThatLeavesHalfway_EndsTheSend(string kind)
    {
        using (var socket = await ConnectAsync(receiveBuffer: 4096))
        {
            await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes(
                $"GET /{kind}?0-{FileSize} HTTP/1.1\r\nHost: a\r\n\r\n"));
            await socket.ReceiveAsync(new byte[1000]);
            socket.LingerState = new LingerOption(true, 0);
        }

        Assert.False(await _outcome.Task.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task SendFile_OfAFileThatIsShorter_BreaksTheConnectionOff()
    {
        using var client = new HttpClient { BaseAddress = _address };

        await Assert.ThrowsAnyAsync<Exception>(() => client.GetByteArrayAsync(
            new Uri($"/file?{FileSize - 10}-1000", UriKind.Relative)));
    }

    private async Task<Socket> ConnectAsync(int receiveBuffer = 0)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        if (receiveBuffer > 0)
        {
            socket.ReceiveBufferSize = receiveBuffer;
        }

        await socket.ConnectAsync(IPAddress.Loopback, _address.Port);
        return socket;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        context.Response.Headers["Connection-Id"] = context.Connection.Id;
        var parts = (context.Request.QueryString.Value ?? "").TrimStart('?').Split('-');
        if (parts.Length != 2)
        {
            return;
        }

        var (offset, count) = (long.Parse(parts[0]), long.Parse(parts[1]));
        context.Response.ContentLength = count;
        var direct = DirectBodyWriter.Find(context);
        Assert.NotNull(direct);
        switch (context.Request.Path.Value)
        {
            case "/file":
                using (var file = File.OpenHandle(_path))
                {
                    _outcome.TrySetResult(
                        await DirectBodyWriter.SendFileAsync(context.Response, direct, file, (offset, count)));
                }

                break;
            case "/memory":
                _outcome.TrySetResult(await DirectBodyWriter.SendAsync(
                    context.Response, direct, _content.AsMemory((int)offset, (int)count)));
                break;
            default:
                await context.Response.BodyWriter.WriteAsync(_content.AsMemory((int)offset, (int)count));
                break;
        }
    }
}
