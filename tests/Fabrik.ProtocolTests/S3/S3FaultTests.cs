using Fabrik.Cache;
using Fabrik.Upstreams.S3;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Fabrik.ProtocolTests.S3;

/// <summary>Every fault becomes a value of the right kind; nothing is thrown, tried again, or served wrongly.</summary>
public sealed class S3FaultTests
{
    private static readonly byte[] Content = S3Tier.Bytes(300_000);

    [Theory]
    [InlineData(503, "SlowDown", CacheErrorKind.Overloaded)]
    [InlineData(503, "ServiceUnavailable", CacheErrorKind.Overloaded)]
    [InlineData(429, "TooManyRequests", CacheErrorKind.Overloaded)]
    [InlineData(409, "ConditionalRequestConflict", CacheErrorKind.Overloaded)]
    [InlineData(500, "InternalError", CacheErrorKind.Unavailable)]
    [InlineData(502, "", CacheErrorKind.Unavailable)]
    [InlineData(403, "AccessDenied", CacheErrorKind.Denied)]
    [InlineData(403, "SignatureDoesNotMatch", CacheErrorKind.Denied)]
    [InlineData(401, "Unauthorized", CacheErrorKind.Denied)]
    [InlineData(400, "ExpiredToken", CacheErrorKind.Denied)]
    [InlineData(400, "RequestTimeout", CacheErrorKind.Timeout)]
    [InlineData(400, "MalformedXML", CacheErrorKind.Io)]
    [InlineData(507, "QuotaExceeded", CacheErrorKind.StorageFull)]
    public async Task Answer_OfAnError_IsItsKindAfterOneRequest(int status, string code, CacheErrorKind kind)
    {
        await using var server = await S3Double.StartAsync();
        server.FailAll(status, code);
        await using var s3 = new S3Tier(server.Options);
        var got = await s3.GetAsync("a");
        Assert.Equal((kind, CacheErrorSource.Upstream), (got.Error!.Kind, got.Error.Source));
        Assert.Single(server.Requests);
        var put = await s3.PutAsync("a", Content, overwrite: true);
        Assert.Equal(kind, put.Error?.Kind);
        Assert.Equal(2, server.Requests.Count);
        Assert.DoesNotContain("very-secret", got.Error.Message + put.Error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(503)]
    [InlineData(403)]
    [InlineData(500)]
    public async Task Head_ThatIsRefusedWithoutABody_IsAnError(int status)
    {
        await using var server = await S3Double.StartAsync();
        server.Fault = context =>
        {
            context.Response.StatusCode = status;
            return Task.FromResult(true);
        };
        await using var s3 = new S3Tier(server.Options);
        var expected = status switch
        {
            503 => CacheErrorKind.Overloaded,
            403 => CacheErrorKind.Denied,
            _ => CacheErrorKind.Unavailable,
        };
        Assert.Equal(expected, (await s3.ContainsAsync("a")).Error?.Kind);
    }

    [Theory]
    [InlineData(404, "NoSuchBucket", "does not exist")]
    [InlineData(301, "PermanentRedirect", "another region")]
    [InlineData(400, "AuthorizationHeaderMalformed", "another region")]
    [InlineData(302, "Found", "another address")]
    public async Task Answer_ToAWrongConfiguration_SaysSo(int status, string code, string words)
    {
        await using var server = await S3Double.StartAsync();
        server.FailAll(status, code);
        await using var s3 = new S3Tier(server.Options);
        var got = await s3.GetAsync("a");
        Assert.Equal((CacheErrorKind.Unavailable, CacheErrorSource.Internal), (got.Error!.Kind, got.Error.Source));
        Assert.Contains(words, got.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redirect_ToAnotherServer_DoesNotTakeCredentialsThere()
    {
        await using var other = await S3Double.StartAsync();
        await using var server = await S3Double.StartAsync();
        server.Fault = async context =>
        {
            context.Response.Headers.Location = $"{other.Options.Endpoint}fabrik/stolen";
            await S3Double.ErrorAsync(context, 307, "TemporaryRedirect");
            return true;
        };
        await using var s3 = new S3Tier(server.Options);
        Assert.NotNull((await s3.GetAsync("a")).Error);
        Assert.Empty(other.Requests);
    }

    [Fact]
    public async Task Clock_ThatIsWrong_IsNamed()
    {
        await using var server = await S3Double.StartAsync();
        server.Fault = async context =>
        {
            context.Response.Headers.Date = "Wed, 02 Jan 2030 03:04:05 GMT";
            await S3Double.ErrorAsync(context, 403, "RequestTimeTooSkewed");
            return true;
        };
        await using var s3 = new S3Tier(server.Options);
        var got = await s3.GetAsync("a");
        Assert.Equal(CacheErrorKind.Denied, got.Error?.Kind);
        Assert.Contains("clock is wrong", got.Error?.Message, StringComparison.Ordinal);
        Assert.Contains("02 Jan 2030", got.Error?.Message, StringComparison.Ordinal);
        // The SDK signs by the server's clock from then on: only the first request is lost.
        server.Fault = _ => Task.FromResult(false);
        Assert.Null((await s3.GetAsync("a")).Error);
        Assert.StartsWith("20300102T", server.LastHeaders["x-amz-date"].ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("this is not XML")]
    [InlineData("<html><body>login</body>")]
    [InlineData("")]
    public async Task Garbage_InsteadOfAnAnswer_IsAnErrorOrAMiss(string garbage)
    {
        await using var server = await S3Double.StartAsync();
        server.Fault = async context =>
        {
            context.Response.ContentType = "application/xml";
            await context.Response.WriteAsync(garbage);
            return true;
        };
        await using var s3 = new S3Tier(server.Options);
        await using var store = new S3ObjectStore(server.Options, TimeProvider.System);
        Assert.Null((await s3.GetAsync("a")).Value);
        Assert.Null((await s3.Tier.StatAsync(S3Tier.Id("a"), CancellationToken.None)).Value);
        var listed = await store.ListAsync("", null, CancellationToken.None);
        Assert.True(listed.Error is not null || listed.Value.IsLast);
        var put = await s3.PutAsync("large", S3Tier.Bytes(S3Options.MinPartSize + 1));
        Assert.Equal(CacheErrorKind.Unavailable, put.Error?.Kind);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(403)]
    public async Task Garbage_WithAStatus_IsThatStatus(int status)
    {
        await using var server = await S3Double.StartAsync();
        server.Fault = async context =>
        {
            context.Response.StatusCode = status;
            await context.Response.WriteAsync("<html>nonsense");
            return true;
        };
        await using var s3 = new S3Tier(server.Options);
        var expected = status == 500 ? CacheErrorKind.Unavailable : CacheErrorKind.Denied;
        Assert.Equal(expected, (await s3.GetAsync("a")).Error?.Kind);
        Assert.Equal(expected, (await s3.PutAsync("a", Content)).Error?.Kind);
    }

    [Fact]
    public async Task Body_ThatBreaksOff_IsUnavailableAndNeverWhole()
    {
        await using var server = await S3Double.StartAsync();
        await using var s3 = new S3Tier(server.Options);
        await s3.PutAsync("a", Content);
        var whole = await ReadAsync(server);
        server.Fault = async context =>
        {
            context.Response.ContentLength = whole.Length;
            await context.Response.Body.WriteAsync(whole.AsMemory(0, 200_000));
            await context.Response.Body.FlushAsync();
            context.Abort();
            return true;
        };
        Assert.Equal(CacheErrorKind.Unavailable, (await s3.GetAsync("a")).Error?.Kind);
    }

    [Fact]
    public async Task Body_ThatIsShorterThanItsHeadSays_IsAMiss()
    {
        await using var server = await S3Double.StartAsync();
        await using var s3 = new S3Tier(server.Options);
        await s3.PutAsync("a", Content);
        var whole = await ReadAsync(server);
        server.Fault = async context =>
        {
            await context.Response.Body.WriteAsync(whole.AsMemory(0, 200_000));
            return true;
        };
        var got = await s3.GetAsync("a");
        Assert.True(got.Error?.Kind == CacheErrorKind.Incomplete || (got.Error is null && got.Value is null));
    }

    [Fact]
    public async Task Body_WithAWrongByte_IsADigestMismatch()
    {
        await using var server = await S3Double.StartAsync();
        await using var s3 = new S3Tier(server.Options);
        await s3.PutAsync("a", Content);
        var whole = await ReadAsync(server);
        whole[^1] ^= 1;
        server.Fault = async context =>
        {
            context.Response.ContentLength = whole.Length;
            await context.Response.Body.WriteAsync(whole);
            return true;
        };
        Assert.Equal(CacheErrorKind.DigestMismatch, (await s3.GetAsync("a")).Error?.Kind);
    }

    [Fact]
    public async Task Tags_ThatAreWrong_HarmNothing()
    {
        await using var server = await S3Double.StartAsync();
        var count = 0;
        server.Fault = context =>
        {
            context.Response.OnStarting(() =>
            {
                context.Response.Headers.ETag = $"\"{Interlocked.Increment(ref count):D32}\"";
                return Task.CompletedTask;
            });
            return Task.FromResult(false);
        };
        await using var s3 = new S3Tier(server.Options);
        Assert.Equal(PutOutcome.Stored, (await s3.PutAsync("a", Content)).Value);
        Assert.Equal(Content, (await s3.GetAsync("a")).Value);
        Assert.Equal(Content[1000..], (await s3.GetAsync("a", 1000)).Value);
    }

    [Fact]
    public async Task Hang_OfTheServer_EndsWithTheCaller()
    {
        await using var server = await S3Double.StartAsync();
        var arrived = new TaskCompletionSource();
        server.Fault = async context =>
        {
            arrived.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return true;
        };
        await using var s3 = new S3Tier(server.Options);
        using var patience = new CancellationTokenSource();
        var get = s3.Tier.GetAsync(S3Tier.Id("a"), patience.Token).AsTask();
        await arrived.Task;
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => get);
    }

    [Fact]
    public async Task Server_ThatIsNotThere_IsUnavailable()
    {
        var server = await S3Double.StartAsync();
        var options = server.Options;
        await server.DisposeAsync();
        await using var s3 = new S3Tier(options);
        var got = await s3.GetAsync("a");
        Assert.Equal((CacheErrorKind.Unavailable, CacheErrorSource.Upstream), (got.Error!.Kind, got.Error.Source));
        Assert.Equal(CacheErrorKind.Unavailable, (await s3.PutAsync("a", Content)).Error?.Kind);
        Assert.Equal(CacheErrorKind.Unavailable, (await s3.ContainsAsync("b")).Error?.Kind);
    }

    [Fact]
    public async Task Server_WhoseNameIsNotKnown_IsUnavailable()
    {
        await using var s3 = new S3Tier(new S3Options
        {
            Bucket = "fabrik",
            Endpoint = new Uri("http://no-such-host.invalid"),
            Anonymous = true,
        });
        var got = await s3.GetAsync("a");
        Assert.Equal((CacheErrorKind.Unavailable, CacheErrorSource.Upstream), (got.Error!.Kind, got.Error.Source));
        Assert.Contains("its name is not known", got.Error.Message, StringComparison.Ordinal);
    }

    private static async Task<byte[]> ReadAsync(S3Double server)
    {
        await using var store = new S3ObjectStore(server.Options, TimeProvider.System);
        var key = Fabrik.Upstreams.Objects.ObjectKeys.Of("", S3Tier.Id("a"));
        await using var body = (await store.GetAsync(key, default, CancellationToken.None)).Value!;
        using var bytes = new MemoryStream();
        await body.Content.CopyToAsync(bytes);
        return bytes.ToArray();
    }
}
