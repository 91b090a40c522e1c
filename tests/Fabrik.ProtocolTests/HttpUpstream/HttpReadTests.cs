using System.Net;
using System.Net.Sockets;
using Fabrik.Cache;
using Fabrik.Testing;
using Fabrik.Upstreams.Http;
using Fabrik.Upstreams.Objects;
using Xunit;

namespace Fabrik.ProtocolTests.HttpUpstream;

/// <summary>Reads from servers that answer in every way there is.</summary>
public sealed class HttpReadTests : IAsyncLifetime
{
    private static readonly byte[] Content = StoreProbe.Bytes(10_000);

    private readonly TestClock _clock = new();
    private StubServer _server = null!;
    private HttpObjectStore _store = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await StubServer.StartAsync();
        _store = new HttpObjectStore(new HttpStoreOptions { BaseUrl = _server.Url, Time = _clock, MaxSkip = 5000 });
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData(404)]
    [InlineData(410)]
    public async Task Object_ThatIsNotThere_IsAMiss(int status)
    {
        _server.AnswerStatus(status);

        Assert.Null(await _store.ReadAsync(StoreProbe.Key));
        Assert.False(await _store.ExistsAsync(StoreProbe.Key));
        StoreProbe.Is(false, await _store.DeleteAsync(StoreProbe.Key, CancellationToken.None));
    }

    [Theory]
    [InlineData(401, CacheErrorKind.Denied)]
    [InlineData(403, CacheErrorKind.Denied)]
    [InlineData(429, CacheErrorKind.Overloaded)]
    [InlineData(500, CacheErrorKind.Unavailable)]
    [InlineData(503, CacheErrorKind.Overloaded)]
    [InlineData(504, CacheErrorKind.Unavailable)]
    [InlineData(204, CacheErrorKind.Io)]
    public async Task Status_OfARead_IsThatError(int status, CacheErrorKind expected)
    {
        _server.AnswerStatus(status);

        Assert.Equal(expected, (await _store.GetErrorAsync(StoreProbe.Key)).Kind);
    }

    [Fact]
    public async Task Request_AsksForPlainBytesOfTheObject()
    {
        await _store.ReadAsync(StoreProbe.Key);
        await _store.ReadAsync(StoreProbe.Key, 5);
        await _store.ReadAsync(StoreProbe.Key, 0, 4096);

        var requests = _server.Requests.ToArray();
        Assert.All(requests, static request =>
        {
            Assert.Equal(("GET", $"/{StoreProbe.Key}"), (request.Method, request.Path));
            Assert.Equal("identity", request["Accept-Encoding"]);
            Assert.StartsWith("fabrik/", request["User-Agent"], StringComparison.Ordinal);
            Assert.Null(request["Cookie"]);
        });
        Assert.Equal(
            [null, "bytes=5-", "bytes=0-4095"],
            requests.Select(static request => request["Range"]),
            StringComparer.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5000)]
    public async Task Server_ThatKnowsNoRanges_IsReadFromTheBeginning(int offset)
    {
        _server.Answer = static context => context.Response.Body.WriteAsync(Content).AsTask();

        Assert.Equal(Content[offset..], await _store.ReadAsync(StoreProbe.Key, offset));
    }

    [Fact]
    public async Task Server_ThatKnowsNoRanges_IsNotReadForLong()
    {
        _server.Answer = static context => context.Response.Body.WriteAsync(Content).AsTask();

        var error = await _store.GetErrorAsync(StoreProbe.Key, 5001);

        Assert.Equal(CacheErrorKind.Io, error.Kind);
        Assert.Contains("5001", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bytes 5-9999/10000", 9995, true)]
    [InlineData("bytes 5-9999/*", 9995, true)]
    [InlineData("bytes 0-9999/10000", 10000, false)]
    [InlineData("bytes 6-9999/10000", 9994, false)]
    [InlineData("bytes 5-9999/10000", 9994, false)]
    [InlineData("bytes */10000", 9995, false)]
    [InlineData("pages 5-9999/10000", 9995, false)]
    [InlineData(null, 9995, false)]
    public async Task Part_ThatIsAnother_IsRefused(string? range, int length, bool isRight)
    {
        _server.Answer = async context =>
        {
            context.Response.StatusCode = 206;
            context.Response.ContentLength = length;
            context.Response.Headers.ContentRange = range;
            await context.Response.Body.WriteAsync(Content.AsMemory(Content.Length - length));
        };

        if (isRight)
        {
            Assert.Equal(Content[5..], await _store.ReadAsync(StoreProbe.Key, 5));
        }
        else
        {
            Assert.Equal(CacheErrorKind.Io, (await _store.GetErrorAsync(StoreProbe.Key, 5)).Kind);
        }
    }

    [Fact]
    public async Task Offset_AtTheEnd_IsEmpty()
    {
        _server.AnswerStatus(416, ("Content-Range", "bytes */5"));

        Assert.Empty((await _store.ReadAsync(StoreProbe.Key, 5))!);
    }

    [Fact]
    public async Task Offset_AtTheEndOfAzurite_IsEmpty()
    {
        _server.AnswerStatus(206, ("Content-Range", "bytes 5-4/5"), ("Content-Length", "0"));

        Assert.Empty((await _store.ReadAsync(StoreProbe.Key, 5))!);
    }

    [Fact]
    public async Task Body_InAnEncoding_IsRefused()
    {
        _server.AnswerStatus(200, ("Content-Encoding", "gzip"));

        Assert.Equal(CacheErrorKind.Io, (await _store.GetErrorAsync(StoreProbe.Key)).Kind);
    }

    [Theory]
    [InlineData("\"abc\"", "\"abc\"")]
    [InlineData("W/\"abc\"", null)]
    [InlineData(null, null)]
    public async Task Tag_IsTheStrongETag(string? sent, string? expected)
    {
        _server.Answer = async context =>
        {
            context.Response.Headers.ETag = sent;
            await context.Response.Body.WriteAsync(Content);
        };

        var got = await _store.GetAsync(StoreProbe.Key, ObjectRange.All, CancellationToken.None);
        await using var body = got.Value!;

        Assert.Equal(expected, body.Tag);
    }

    [Fact]
    public async Task Body_ThatEndsEarly_EndsWithAnIOException()
    {
        var read = new TaskCompletionSource();
        _server.Answer = async context =>
        {
            context.Response.ContentLength = Content.Length + 1;
            await context.Response.Body.WriteAsync(Content);
            await context.Response.Body.FlushAsync();
            await read.Task;
            context.Abort();
        };

        var got = await _store.GetAsync(StoreProbe.Key, ObjectRange.All, CancellationToken.None);
        await using var body = got.Value!;

        Assert.Equal(Content.Length + 1, body.Length);
        await body.Content.ReadExactlyAsync(new byte[Content.Length]);
        read.SetResult();
        await Assert.ThrowsAnyAsync<IOException>(body.ReadAllAsync);
    }

    [Fact]
    public async Task Server_WithoutHead_IsAskedForOneByte()
    {
        _server.Answer = static async context =>
        {
            context.Response.StatusCode = context.Request.Method == "HEAD" ? 405 : 200;
            if (context.Request.Method == "GET")
            {
                await context.Response.Body.WriteAsync(Content);
            }
        };

        Assert.True(await _store.ExistsAsync(StoreProbe.Key));
        Assert.True(await _store.ExistsAsync(StoreProbe.Key));

        Assert.Equal("HEAD GET GET", string.Join(' ', _server.Requests.Select(static request => request.Method)));
        Assert.Equal("bytes=0-0", _server.Requests.Last()["Range"]);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task Server_ThatAsksForAPause_GetsIt(int status)
    {
        _server.AnswerStatus(status, ("Retry-After", "30"));
        Assert.Equal(CacheErrorKind.Overloaded, (await _store.GetErrorAsync(StoreProbe.Key)).Kind);

        var during = await _store.GetErrorAsync(StoreProbe.Key);
        Assert.Equal(CacheErrorKind.Overloaded, during.Kind);
        Assert.Contains("30 s", during.Message, StringComparison.Ordinal);
        Assert.Single(_server.Requests);

        _clock.Advance(TimeSpan.FromSeconds(30));
        _server.AnswerStatus(404);
        Assert.Null(await _store.ReadAsync(StoreProbe.Key));
    }

    [Fact]
    public async Task Server_ThatHangs_IsLeftWhenTheCallerWantsTo()
    {
        var asked = new TaskCompletionSource();
        var left = new TaskCompletionSource();
        _server.Answer = async context =>
        {
            context.RequestAborted.Register(left.SetResult);
            asked.SetResult();
            await left.Task;
        };
        using var ending = new CancellationTokenSource();

        var asking = _store.GetAsync(StoreProbe.Key, ObjectRange.All, ending.Token).AsTask();
        await asked.Task;
        await ending.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await left.Task;
    }

    [Fact]
    public async Task Server_ThatIsNotThere_IsUnavailable()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        taken.Stop();
        await using var store = new HttpObjectStore(
            new HttpStoreOptions { BaseUrl = new Uri($"http://127.0.0.1:{port}/") });

        var error = await store.GetErrorAsync(StoreProbe.Key);

        Assert.Equal((CacheErrorKind.Unavailable, CacheErrorSource.Upstream), (error.Kind, error.Source));
        Assert.Contains($"127.0.0.1:{port}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_ThatSpeaksSomethingElse_IsUnavailable()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = AnswerAsync(listener, "SSH-2.0-OpenSSH\r\n\r\n");
        await using var store = new HttpObjectStore(
            new HttpStoreOptions { BaseUrl = new Uri($"http://{listener.LocalEndpoint}/") });

        Assert.Equal(CacheErrorKind.Unavailable, (await store.GetErrorAsync(StoreProbe.Key)).Kind);
        await answering;
    }

    [Fact]
    public async Task Key_OutsideOfTheBase_IsNeverAsked()
    {
        Assert.Equal(CacheErrorKind.InvalidRequest, (await _store.GetErrorAsync("../a")).Kind);
        StoreProbe.Fails(CacheErrorKind.InvalidRequest, await _store.PutAsync("a//b", Content));
        Assert.Empty(_server.Requests);
    }

    private static async Task AnswerAsync(TcpListener listener, string answer)
    {
        using var client = await listener.AcceptTcpClientAsync();
        await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(answer));
    }
}
