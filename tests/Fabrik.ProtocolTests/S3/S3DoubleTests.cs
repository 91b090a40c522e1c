using Fabrik.Cache;
using Fabrik.Upstreams.S3;
using Xunit;

namespace Fabrik.ProtocolTests.S3;

/// <summary>What the tier sends, which real servers do not tell: conditions, credentials, parts.</summary>
public sealed class S3DoubleTests
{
    private const int Large = S3Options.MinPartSize + 10;

    [Theory]
    [InlineData(10)]
    [InlineData(Large)]
    public async Task Put_OfWhatSomebodyElseStored_KeepsIt(int length)
    {
        await using var server = await S3Double.StartAsync();
        await using var first = new S3Tier(server.Options);
        await using var second = new S3Tier(server.Options);
        var bytes = S3Tier.Bytes(length);
        Assert.Equal(PutOutcome.Stored, (await first.PutAsync("a", bytes)).Value);
        Assert.Equal(PutOutcome.Kept, (await second.PutAsync("a", S3Tier.Bytes(length, seed: 2))).Value);
        Assert.Equal(bytes, (await second.GetAsync("a")).Value);
        var isAborted = server.Requests.Any(request => request.StartsWith("DELETE ", StringComparison.Ordinal));
        Assert.Equal(length == Large, isAborted);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(Large)]
    public async Task Put_WhereConditionsAreRefused_LooksFirstFromThenOn(int length)
    {
        await using var server = await S3Double.StartAsync(hasConditions: false);
        await using var first = new S3Tier(server.Options);
        await using var second = new S3Tier(server.Options);
        var bytes = S3Tier.Bytes(length);
        Assert.Equal(PutOutcome.Stored, (await first.PutAsync("a", bytes)).Value);
        Assert.Equal(PutOutcome.Kept, (await second.PutAsync("a", S3Tier.Bytes(length, seed: 2))).Value);
        server.Requests.Clear();
        Assert.Equal(PutOutcome.Stored, (await first.PutAsync("b", S3Tier.Bytes(10))).Value);
        Assert.Equal(["HEAD", "PUT"], server.Requests.Select(request => request.Split(' ')[0]), StringComparer.Ordinal);
        Assert.Equal(bytes, (await second.GetAsync("a")).Value);
    }

    [Fact]
    public async Task Put_OverPlainHttp_SignsTheBodyAndAsksForNothingExtra()
    {
        await using var server = await S3Double.StartAsync();
        await using var s3 = new S3Tier(server.Options);
        Assert.Null((await s3.PutAsync("a", S3Tier.Bytes(10))).Error);
        var headers = server.LastHeaders;
        Assert.Matches("^[0-9a-f]{64}$", headers["x-amz-content-sha256"].ToString());
        Assert.Matches("^AWS4-HMAC-SHA256 Credential=key/.*/s3/aws4_request", headers.Authorization.ToString());
        Assert.Equal("*", headers.IfNoneMatch.ToString());
        Assert.DoesNotContain(headers.Keys, name => name.Contains("checksum", StringComparison.OrdinalIgnoreCase));
        Assert.False(headers.ContainsKey("Expect"));
        Assert.False(headers.ContainsKey("traceparent"));
        Assert.Equal("", headers.ContentEncoding.ToString());
    }

    [Fact]
    public async Task Anonymous_Request_IsNotSigned()
    {
        await using var server = await S3Double.StartAsync();
        await using var s3 = new S3Tier(server.Options with { AccessKey = null, SecretKey = null, Anonymous = true });
        Assert.Null((await s3.GetAsync("a")).Value);
        Assert.False(server.LastHeaders.ContainsKey("Authorization"));
    }

    [Fact]
    public async Task Session_OfTemporaryCredentials_IsSent()
    {
        await using var server = await S3Double.StartAsync();
        await using var s3 = new S3Tier(server.Options with { SessionToken = "session" });
        Assert.Null((await s3.GetAsync("a")).Value);
        Assert.Equal("session", server.LastHeaders["x-amz-security-token"].ToString());
    }

    [Fact]
    public async Task Bearer_Request_HasTheTokenAndGooglesConditions()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "ya29.token\n");
        await using var server = await S3Double.StartAsync();
        var options = server.Options with
        {
            AccessKey = null,
            SecretKey = null,
            Bearer = BearerToken.FromFile(file, TimeProvider.System),
        };
        await using var s3 = new S3Tier(options);
        await using var other = new S3Tier(options);
        Assert.Equal("gs://fabrik", s3.Tier.Name);
        Assert.Equal(PutOutcome.Stored, (await s3.PutAsync("a", S3Tier.Bytes(10))).Value);
        var headers = server.LastHeaders;
        Assert.Equal("Bearer ya29.token", headers.Authorization.ToString());
        Assert.Equal("0", headers["x-goog-if-generation-match"].ToString());
        Assert.False(headers.ContainsKey("If-None-Match"));
        Assert.DoesNotContain(headers.Keys, name => name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(PutOutcome.Identical, (await other.PutAsync("a", S3Tier.Bytes(10))).Value);
        Assert.Equal(PutOutcome.Stored, (await s3.PutAsync("large", S3Tier.Bytes(Large))).Value);
        Assert.Equal(S3Tier.Bytes(Large), (await s3.GetAsync("large")).Value);
        File.Delete(file);
    }

    [Fact]
    public async Task Bearer_ThatIsMissing_IsDeniedAndNamed()
    {
        await using var server = await S3Double.StartAsync();
        await using var s3 = new S3Tier(server.Options with
        {
            AccessKey = null,
            SecretKey = null,
            Bearer = BearerToken.FromFile("/no/such/file", TimeProvider.System),
        });
        var got = await s3.GetAsync("a");
        Assert.Equal(CacheErrorKind.Denied, got.Error?.Kind);
        Assert.Contains("/no/such/file", got.Error?.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Put_InPartsThatFails_IsAborted()
    {
        await using var server = await S3Double.StartAsync();
        server.Fault = async context =>
        {
            var fails = context.Request.Query["partNumber"] == "2";
            if (fails)
            {
                await S3Double.ErrorAsync(context, 500, "InternalError");
            }

            return fails;
        };
        await using var s3 = new S3Tier(server.Options);
        var put = await s3.PutAsync("a", S3Tier.Bytes(Large));
        Assert.Equal(CacheErrorKind.Unavailable, put.Error?.Kind);
        Assert.StartsWith("DELETE ", server.Requests.Last(), StringComparison.Ordinal);
        Assert.Contains("uploadId=upload", server.Requests.Last(), StringComparison.Ordinal);
        Assert.Empty(server.Keys);
    }

    [Fact]
    public async Task Put_InPartsOfABodyThatIsAnother_IsAborted()
    {
        await using var server = await S3Double.StartAsync();
        await using var s3 = new S3Tier(server.Options);
        var bytes = S3Tier.Bytes(Large);
        var put = await s3.PutAsync("a", bytes, announced: S3Tier.Bytes(Large, seed: 2));
        Assert.Equal(CacheErrorKind.DigestMismatch, put.Error?.Kind);
        Assert.StartsWith("DELETE ", server.Requests.Last(), StringComparison.Ordinal);
        Assert.DoesNotContain(server.Requests, request => request.Contains("partNumber=2", StringComparison.Ordinal));
        Assert.Empty(server.Keys);
    }
}
