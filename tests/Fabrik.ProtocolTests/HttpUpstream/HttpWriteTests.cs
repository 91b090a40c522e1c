using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Testing;
using Fabrik.Upstreams.Http;
using Fabrik.Upstreams.Objects;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Fabrik.ProtocolTests.HttpUpstream;

/// <summary>Writes to servers that answer in every way there is.</summary>
public sealed class HttpWriteTests : IAsyncLifetime
{
    private readonly TestClock _clock = new();
    private StubServer _server = null!;
    private HttpObjectStore _store = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await StubServer.StartAsync();
        _store = new HttpObjectStore(new HttpStoreOptions { BaseUrl = _server.Url, Time = _clock });
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData(200)]
    [InlineData(201)]
    [InlineData(202)]
    [InlineData(204)]
    public async Task Put_OfAnObject_ArrivesWhole(int status)
    {
        var expected = StoreProbe.Bytes(300_000);
        byte[] arrived = [];
        _server.Answer = async context =>
        {
            arrived = await ReadAsync(context);
            context.Response.StatusCode = status;
        };

        StoreProbe.IsTrue(await _store.PutAsync(StoreProbe.Key, expected));

        Assert.Equal(expected, arrived);
        var request = _server.Requests.Single();
        Assert.Equal(("PUT", $"/{StoreProbe.Key}"), (request.Method, request.Path));
        Assert.Equal("300000", request["Content-Length"]);
        Assert.Null(request["Transfer-Encoding"]);
        Assert.Null(request["If-None-Match"]);
        Assert.Equal("100-continue", request["Expect"]);
    }

    [Fact]
    public async Task Put_OfASmallObject_IsNotAnnounced()
    {
        _server.Answer = static async context => await ReadAsync(context);

        StoreProbe.IsTrue(await _store.PutAsync(StoreProbe.Key, StoreProbe.Bytes(1000)));

        Assert.Null(_server.Requests.Single()["Expect"]);
    }

    [Theory]
    [InlineData(400, CacheErrorKind.InvalidRequest)]
    [InlineData(401, CacheErrorKind.Denied)]
    [InlineData(403, CacheErrorKind.Denied)]
    [InlineData(405, CacheErrorKind.ReadOnly)]
    [InlineData(413, CacheErrorKind.TooLarge)]
    [InlineData(429, CacheErrorKind.Overloaded)]
    [InlineData(500, CacheErrorKind.Unavailable)]
    [InlineData(501, CacheErrorKind.ReadOnly)]
    [InlineData(503, CacheErrorKind.Overloaded)]
    [InlineData(507, CacheErrorKind.StorageFull)]
    public async Task Refusal_OfALargeObject_CostsNoneOfIt(int status, CacheErrorKind expected)
    {
        _server.AnswerStatus(status);
        var body = new Pipe();
        await body.Writer.WriteAsync(new byte[1024]);
        var content = new ObjectContent(new byte[16], body.Reader, 1 << 20);

        var put = await _store.PutAsync(StoreProbe.Key, content, ifAbsent: false, CancellationToken.None);

        StoreProbe.Fails(expected, put);
        Assert.True(body.Reader.TryRead(out var left));
        Assert.Equal(1024, left.Buffer.Length);
    }

    [Theory]
    [InlineData(409, 200)]
    [InlineData(412, 200)]
    public async Task Object_ThatIsThere_StaysWhenOnlyCreationIsAllowed(int status, int head)
    {
        _server.Answer = context =>
        {
            context.Response.StatusCode = context.Request.Method == "PUT" ? status : head;
            return Task.CompletedTask;
        };

        StoreProbe.Is(false, await _store.PutAsync(StoreProbe.Key, StoreProbe.Bytes(10), ifAbsent: true));
        Assert.Equal("*", _server.Requests.First()["If-None-Match"]);
    }

    [Fact]
    public async Task Conflict_WithoutAnObject_IsAnError()
    {
        _server.Answer = static context =>
        {
            context.Response.StatusCode = context.Request.Method == "PUT" ? 409 : 404;
            return Task.CompletedTask;
        };

        var error = StoreProbe.Fails(
            CacheErrorKind.Conflict, await _store.PutAsync(StoreProbe.Key, StoreProbe.Bytes(10)));

        Assert.Contains("folders", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_ThatRefusesAnnouncements_GetsTheObjectAllTheSame()
    {
        var expected = StoreProbe.Bytes(100_000);
        byte[] arrived = [];
        _server.Answer = async context =>
        {
            if (context.Request.Headers.Expect.Count > 0)
            {
                context.Response.StatusCode = 417;
                return;
            }

            arrived = await ReadAsync(context);
        };

        StoreProbe.IsTrue(await _store.PutAsync(StoreProbe.Key, expected));
        StoreProbe.IsTrue(await _store.PutAsync(StoreProbe.Key, expected));

        Assert.Equal(expected, arrived);
        Assert.Equal(3, _server.Requests.Count);
    }

    [Fact]
    public async Task Server_ThatLetsAnAnnouncementWait_GetsNoMoreOfThem()
    {
        using var server = new MuteServer(_clock);
        await using var store = new HttpObjectStore(new HttpStoreOptions { BaseUrl = server.Url, Time = _clock });

        var first = store.PutAsync(StoreProbe.Key, StoreProbe.Bytes(100_000));
        Assert.Contains("Expect: 100-continue", await server.TakeAsync(100_000), StringComparison.Ordinal);
        StoreProbe.IsTrue(await first);

        var second = store.PutAsync(StoreProbe.Key, StoreProbe.Bytes(100_000));
        Assert.DoesNotContain("Expect", await server.TakeAsync(100_000), StringComparison.Ordinal);
        StoreProbe.IsTrue(await second);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(1 << 20)]
    public async Task Body_ThatBreaks_IsNeverWholeAtTheServer(int length)
    {
        var ended = new TaskCompletionSource<bool>();
        _server.Answer = async context =>
        {
            try
            {
                await ReadAsync(context);
                ended.SetResult(true);
            }
            catch (Exception broken) when (broken is IOException or OperationCanceledException)
            {
                ended.SetResult(false);
            }
        };
        var body = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        await body.Writer.WriteAsync(StoreProbe.Bytes(length - 16));
        var content = new ObjectContent(new byte[16], body.Reader, length);

        var putting = _store.PutAsync(StoreProbe.Key, content, ifAbsent: false, CancellationToken.None).AsTask();
        await body.Writer.CompleteAsync(new InvalidDataException("damaged"));

        await Assert.ThrowsAsync<InvalidDataException>(() => putting);
        Assert.True(_server.Requests.IsEmpty || !await ended.Task);
    }

    [Fact]
    public async Task Server_ThatBreaksOff_IsUnavailable()
    {
        _server.Answer = static async context =>
        {
            var buffer = new byte[1000];
            await context.Request.Body.ReadExactlyAsync(buffer);
            context.Abort();
        };

        StoreProbe.Fails(
            CacheErrorKind.Unavailable, await _store.PutAsync(StoreProbe.Key, StoreProbe.Bytes(8 << 20)));
    }

    [Fact]
    public async Task Server_ThatHangs_GivesTheBodyBackQuiet()
    {
        var asked = new TaskCompletionSource();
        _server.Answer = async context =>
        {
            await context.Request.Body.ReadExactlyAsync(new byte[16]);
            asked.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        var body = new Pipe();
        using var ending = new CancellationTokenSource();
        var content = new ObjectContent(new byte[100_000], body.Reader, 200_000);

        var putting = _store.PutAsync(StoreProbe.Key, content, ifAbsent: false, ending.Token).AsTask();
        await asked.Task;
        await ending.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => putting);
        Assert.False(body.Reader.TryRead(out _));
    }

    [Fact]
    public async Task Pause_ThatAWriteWasAskedFor_LeavesReadsAlone()
    {
        _server.AnswerStatus(429, ("Retry-After", "30"));
        StoreProbe.Fails(CacheErrorKind.Overloaded, await _store.PutAsync(StoreProbe.Key, StoreProbe.Bytes(10)));
        StoreProbe.Fails(CacheErrorKind.Overloaded, await _store.PutAsync(StoreProbe.Key, StoreProbe.Bytes(10)));
        Assert.Single(_server.Requests);

        _server.AnswerStatus(404);

        Assert.Null(await _store.ReadAsync(StoreProbe.Key));
    }

    [Theory]
    [InlineData(200, true, null)]
    [InlineData(204, true, null)]
    [InlineData(404, false, null)]
    [InlineData(405, null, CacheErrorKind.ReadOnly)]
    [InlineData(403, null, CacheErrorKind.Denied)]
    public async Task Delete_IsAnswered(int status, bool? expected, CacheErrorKind? kind)
    {
        _server.AnswerStatus(status);

        var deleted = await _store.DeleteAsync(StoreProbe.Key, CancellationToken.None);

        Assert.Equal(kind, deleted.Error?.Kind);
        Assert.Equal(expected, deleted.Error is null ? deleted.Value : null);
    }

    private static async Task<byte[]> ReadAsync(HttpContext context)
    {
        using var bytes = new MemoryStream();
        await context.Request.Body.CopyToAsync(bytes, context.RequestAborted);
        return bytes.ToArray();
    }
}
