using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.ProtocolTests.HttpUpstream;
using Fabrik.Testing;
using Fabrik.Testing.GitHubCache;
using Fabrik.Upstreams.Ci;
using Fabrik.Upstreams.GitHubActions;
using Fabrik.Upstreams.Objects;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Fabrik.ProtocolTests.GitHubActions;

/// <summary>Every call of the cache service and its storage, failing in every way.</summary>
public sealed class GitHubFaultTests : IAsyncLifetime
{
    private const int BlockSize = 10_000;
    private const int Size = 2 * BlockSize;

    private readonly TestClock _clock = new();
    private GitHubCacheServer _server = null!;
    private GitHubObjectStore _store = null!;

    public static TheoryData<string, int, CacheErrorKind> Statuses
    {
        get
        {
            var data = new TheoryData<string, int, CacheErrorKind>();
            foreach (var call in (string[])
            [
                "CreateCacheEntry", "Put Block", "Put Block List", "FinalizeCacheEntryUpload",
                "GetCacheEntryDownloadURL", "Get Blob",
            ])
            {
                data.Add(call, 500, CacheErrorKind.Unavailable);
                data.Add(call, 502, CacheErrorKind.Unavailable);
                data.Add(call, 503, CacheErrorKind.Overloaded);
                data.Add(call, 429, CacheErrorKind.Overloaded);
            }

            data.Add("CreateCacheEntry", 401, CacheErrorKind.Denied);
            data.Add("GetCacheEntryDownloadURL", 404, CacheErrorKind.InvalidRequest);
            data.Add("Put Block", 413, CacheErrorKind.TooLarge);
            return data;
        }
    }

    public static TheoryData<string> Methods =>
        ["CreateCacheEntry", "FinalizeCacheEntryUpload", "GetCacheEntryDownloadURL"];

    public async ValueTask InitializeAsync()
    {
        _server = await GitHubCacheServer.StartAsync(_clock);
        _store = new GitHubObjectStore(
            CiDetection.Detect(_server.Variable)!.GitHub! with { Time = _clock, BlockSize = BlockSize });
        StoreProbe.IsTrue(await _store.PutAsync("ab/there", StoreProbe.Bytes(Size)));
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Statuses))]
    public async Task Status_OfACall_IsThatError(string call, int status, CacheErrorKind expected)
    {
        Intercept(call, context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync("<html>sorry</html>");
        });

        Assert.Equal(expected, (await ErrorOfAsync(call)).Kind);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Answer_ThatIsNoMessage_IsUnavailable(string method)
    {
        foreach (var garbage in (string[])["", "<html>", "[1,2", "null", new string('x', 100_000)])
        {
            Intercept(method, context => context.Response.WriteAsync(garbage));

            Assert.Equal(CacheErrorKind.Unavailable, (await ErrorOfAsync(method)).Kind);
            var reserved = _server.Entries.Keys.FirstOrDefault(static name => name.Key == "fabrik/ab/new");
            _server.Entries.TryRemove(reserved, out _);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a url")]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://host/blob")]
    public async Task Url_ThatIsNone_IsNotUsed(string url)
    {
        var json = $$"""
            {"ok":true,"signed_upload_url":"{{url}}","signed_download_url":"{{url}}","matched_key":"fabrik/ab/there"}
            """;
        _server.Intercept = async (_, context) =>
        {
            await context.Response.WriteAsync(json);
            return true;
        };

        Assert.Equal(CacheErrorKind.Unavailable, (await ErrorOfAsync("GetCacheEntryDownloadURL")).Kind);
        Assert.Equal(CacheErrorKind.Unavailable, (await ErrorOfAsync("CreateCacheEntry")).Kind);
    }

    [Theory]
    [InlineData("CreateCacheEntry")]
    [InlineData("Put Block")]
    [InlineData("Put Block List")]
    [InlineData("FinalizeCacheEntryUpload")]
    [InlineData("GetCacheEntryDownloadURL")]
    [InlineData("Get Blob")]
    public async Task Call_ThatIsBrokenOff_IsUnavailable(string call)
    {
        Intercept(call, static context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });

        Assert.Equal(CacheErrorKind.Unavailable, (await ErrorOfAsync(call)).Kind);
    }

    [Theory]
    [InlineData("CreateCacheEntry")]
    [InlineData("Put Block")]
    [InlineData("GetCacheEntryDownloadURL")]
    [InlineData("Get Blob")]
    public async Task Call_ThatHangs_IsLeftWhenTheCallerWantsTo(string call)
    {
        var asked = new TaskCompletionSource();
        Intercept(call, async context =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });
        using var ending = new CancellationTokenSource();

        var asking = AskAsync(call, ending.Token);
        await asked.Task;
        await ending.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Fact]
    public async Task Body_ThatEndsEarly_EndsWithAnIOException()
    {
        var read = new TaskCompletionSource();
        Intercept("Get Blob", async context =>
        {
            context.Response.ContentLength = Size;
            await context.Response.Body.WriteAsync(new byte[Size - 1]);
            await context.Response.Body.FlushAsync();
            await read.Task;
            context.Abort();
        });

        var got = await _store.GetAsync("ab/there", ObjectRange.All, CancellationToken.None);
        await using var body = got.Value!;
        await body.Content.ReadExactlyAsync(new byte[Size - 1]);
        read.SetResult();

        await Assert.ThrowsAnyAsync<IOException>(body.ReadAllAsync);
    }

    [Fact]
    public async Task Source_ThatBreaks_LeavesNoEntry()
    {
        var body = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        await body.Writer.WriteAsync(StoreProbe.Bytes(Size));
        var content = new ObjectContent(ReadOnlyMemory<byte>.Empty, body.Reader, Size);

        var putting = _store.PutAsync("ab/new", content, ifAbsent: true, CancellationToken.None).AsTask();
        await body.Writer.CompleteAsync(new InvalidDataException("damaged"));

        await Assert.ThrowsAsync<InvalidDataException>(() => putting);
        Assert.False(await _store.ExistsAsync("ab/new"));
        Assert.Single(_server.Blobs.Names);
    }

    [Fact]
    public async Task Source_ThatEndsEarly_LeavesNoEntry()
    {
        var body = new Pipe();
        await body.Writer.WriteAsync(StoreProbe.Bytes(Size - 1));
        await body.Writer.CompleteAsync();
        var content = new ObjectContent(ReadOnlyMemory<byte>.Empty, body.Reader, Size);

        StoreProbe.Fails(
            CacheErrorKind.Incomplete,
            await _store.PutAsync("ab/new", content, ifAbsent: true, CancellationToken.None));

        Assert.Single(_server.Blobs.Names);
    }

    [Fact]
    public async Task RateLimit_OfUploads_IsKeptToAndLeavesReadsAlone()
    {
        Intercept("CreateCacheEntry", static context =>
        {
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = "60";
            return context.Response.WriteAsync("""{"code":"resource_exhausted","msg":"rate limit"}""");
        });
        Assert.Equal(CacheErrorKind.Overloaded, (await ErrorOfAsync("CreateCacheEntry")).Kind);
        _server.Calls.Clear();

        Assert.Equal(CacheErrorKind.Overloaded, (await ErrorOfAsync("CreateCacheEntry")).Kind);
        Assert.Empty(_server.Calls);
        Assert.Equal(StoreProbe.Bytes(Size), await _store.ReadAsync("ab/there"));

        _clock.Advance(TimeSpan.FromSeconds(60));
        _server.Intercept = static (_, _) => Task.FromResult(false);
        StoreProbe.IsTrue(await _store.PutAsync("ab/new", StoreProbe.Bytes(Size)));
    }

    private void Intercept(string call, Func<HttpContext, Task> answer) => _server.Intercept = async (asked, context) =>
    {
        if (asked == call)
        {
            await answer(context);
        }

        return asked == call;
    };

    private async Task<CacheError> ErrorOfAsync(string call)
    {
        var error = await AskAsync(call, CancellationToken.None);
        Assert.NotNull(error);
        Assert.Equal(CacheErrorSource.Upstream, error.Source);
        Assert.DoesNotContain("sig=", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(_server.Token, error.ToString(), StringComparison.Ordinal);
        return error;
    }

    private async Task<CacheError?> AskAsync(string call, CancellationToken cancellationToken)
    {
        if (call.StartsWith("Get", StringComparison.Ordinal))
        {
            return (await _store.GetAsync("ab/there", ObjectRange.All, cancellationToken)).Error;
        }

        using var body = new MemoryStream(StoreProbe.Bytes(Size));
        var content = new ObjectContent(ReadOnlyMemory<byte>.Empty, PipeReader.Create(body), Size);
        return (await _store.PutAsync("ab/new", content, ifAbsent: true, cancellationToken)).Error;
    }
}
