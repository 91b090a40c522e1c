using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using Fabrik.ProtocolTests.Serving;
using Xunit;

namespace Fabrik.ProtocolTests.S3.Door;

/// <summary>Who is let in, and what each key may do.</summary>
public sealed class AccessTests : IAsyncLifetime
{
    private S3Host _host = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await S3Host.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task OpenDoor_TakesAnySignatureAndNone()
    {
        await PutAsync(_host.Sdk("whoever", "whatever"), "k");

        Assert.Equal("x", (await _host.SendAsync("GET", "/fabrik/k")).Body);
        Assert.Equal(200, (await _host.SendAsync("GET", "/fabrik/k", "", "Authorization: AWS old:style")).Status);
        Assert.Equal(
            200, (await _host.SendAsync("GET", "/fabrik/k", "", "Authorization: AWS4-HMAC-SHA256 broken")).Status);
    }

    [Fact]
    public async Task Keys_OnceThereAreAny_AreRequired()
    {
        _host.RequireKeys();

        Assert.Equal("AccessDenied", CodeOf(await _host.SendAsync("GET", "/fabrik/k")));
        Assert.Equal("AccessDenied", CodeOf(await _host.SendAsync("PUT", "/fabrik/k", "x")));
        Assert.Equal("InvalidAccessKeyId", await CodeAsync(() => PutAsync(_host.Sdk("other"), "k")));
        Assert.Equal(
            "SignatureDoesNotMatch", await CodeAsync(() => PutAsync(_host.Sdk(S3Host.AllKey, "wrong"), "k")));
        Assert.Equal(0, _host.Tier.Puts);
    }

    [Fact]
    public async Task ReadKey_IsDeniedEveryWrite()
    {
        _host.RequireKeys();
        await PutAsync(_host.Sdk(), "k");
        var reader = _host.Sdk(S3Host.ReadKey);

        Assert.Equal("AccessDenied", await CodeAsync(() => PutAsync(reader, "k")));
        Assert.Equal("AccessDenied", await CodeAsync(() => reader.DeleteObjectAsync(S3Host.Bucket, "k", Ct)));
        Assert.Equal("AccessDenied", await CodeAsync(
            () => reader.InitiateMultipartUploadAsync(S3Host.Bucket, "k", Ct)));
        Assert.Equal("AccessDenied", await CodeAsync(
            () => reader.CopyObjectAsync(S3Host.Bucket, "k", S3Host.Bucket, "l", Ct)));
        Assert.Equal(1, (await reader.GetObjectMetadataAsync(S3Host.Bucket, "k", Ct)).ContentLength);
    }

    [Fact]
    public async Task WriteKey_MayNotReplace()
    {
        _host.RequireKeys();
        var writer = _host.Sdk(S3Host.WriteKey);
        await PutAsync(writer, "k");

        await PutAsync(writer, "k");
        var error = await Assert.ThrowsAsync<AmazonS3Exception>(() => PutAsync(writer, "k", "other"));

        Assert.Equal("PreconditionFailed", error.ErrorCode);
        using var got = await writer.GetObjectAsync(S3Host.Bucket, "k", Ct);
        using StreamReader text = new(got.ResponseStream);
        Assert.Equal("x", await text.ReadToEndAsync(Ct));
    }

    [Fact]
    public async Task Tenants_NeverMeet()
    {
        _host.RequireKeys();
        await PutAsync(_host.Sdk(S3Host.TenantKey), "k");

        await Assert.ThrowsAsync<NoSuchKeyException>(
            () => _host.Sdk().GetObjectAsync(S3Host.Bucket, "k", Ct));
        var own = await _host.Sdk(S3Host.TenantKey).ListObjectsV2Async(
            new ListObjectsV2Request { BucketName = S3Host.Bucket }, Ct);
        var others = await _host.Sdk().ListObjectsV2Async(
            new ListObjectsV2Request { BucketName = S3Host.Bucket }, Ct);
        Assert.Single(own.S3Objects);
        Assert.Empty(others.S3Objects ?? []);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("token")]
    public async Task Token_AsAccessKey_LetsIn(string? secret)
    {
        // Two dots, as a JWT has; the authenticator of tests knows it by its first part.
        _host.Authenticator.Open = false;
        _host.Authenticator.IgnoresSuffix = true;
        var client = _host.Sdk("all.x.y", secret ?? "all.x.y");

        await PutAsync(client, "k");

        Assert.Equal(1, _host.Tier.Count);
        Assert.Equal("SignatureDoesNotMatch", await CodeAsync(() => PutAsync(_host.Sdk("all.x.y", "no"), "k")));
        Assert.Equal("InvalidToken", await CodeAsync(() => PutAsync(_host.Sdk("bad.x.y", "token"), "k")));
        Assert.Equal("AccessDenied", await CodeAsync(() => PutAsync(_host.Sdk("ro.x.y", "token"), "k")));
    }

    [Fact]
    public async Task Token_AsBearer_LetsIn()
    {
        _host.Authenticator.Open = false;

        Assert.Equal(200, (await _host.SendAsync("PUT", "/fabrik/k", "x", "Authorization: Bearer rw")).Status);
        Assert.Equal("AccessDenied", CodeOf(await _host.SendAsync("GET", "/fabrik/k")));
        Assert.Equal("InvalidToken", CodeOf(
            await _host.SendAsync("GET", "/fabrik/k", "", "Authorization: Bearer wrong")));
    }

    [Fact]
    public async Task Scopes_AreReadInTheirOrderAndWrittenInTheFirst()
    {
        _host.Authenticator.Open = false;
        await _host.SendAsync("PUT", "/fabrik/k", "base", "Authorization: Bearer scope:main");

        Assert.Equal(
            "base", (await _host.SendAsync("GET", "/fabrik/k", "", "Authorization: Bearer scope:pr1,main")).Body);
        await _host.SendAsync("PUT", "/fabrik/k", "own", "Authorization: Bearer scope:pr1,main");
        Assert.Equal(
            "own", (await _host.SendAsync("GET", "/fabrik/k", "", "Authorization: Bearer scope:pr1,main")).Body);
        Assert.Equal(
            "base", (await _host.SendAsync("GET", "/fabrik/k", "", "Authorization: Bearer scope:main")).Body);
    }

    [Fact]
    public async Task Request_ThatIsTooOld_IsRefused()
    {
        _host.RequireKeys();
        var date = TimeProvider.System.GetUtcNow().AddHours(-1);
        var answer = await _host.SendAsync(
            "GET",
            "/fabrik/k",
            "",
            $"Authorization: AWS4-HMAC-SHA256 Credential=AKALL/{date:yyyyMMdd}/us-east-1/s3/aws4_request, "
            + $"SignedHeaders=host;x-amz-date, Signature={new string('0', 64)}",
            "x-amz-content-sha256: UNSIGNED-PAYLOAD",
            $"x-amz-date: {date:yyyyMMdd'T'HHmmss'Z'}");

        Assert.Equal("RequestTimeTooSkewed", CodeOf(answer));
    }

    [Fact]
    public async Task Gate_ThatIsFull_SaysSlowDown()
    {
        for (var i = 0; i < 64; i++)
        {
            Assert.True(_host.Gate.TryEnter());
        }

        var answer = await _host.SendAsync("GET", "/fabrik/k");

        Assert.Equal(503, answer.Status);
        Assert.Equal("SlowDown", CodeOf(answer));
    }

    private static string CodeOf(RawAnswer answer) =>
        System.Xml.Linq.XDocument.Parse(answer.Body).Root!.Element("Code")!.Value;

    private static async Task<string> CodeAsync(Func<Task> act)
    {
        var error = await Assert.ThrowsAnyAsync<AmazonS3Exception>(act);
        Assert.NotEqual(HttpStatusCode.InternalServerError, error.StatusCode);
        return error.ErrorCode;
    }

    private static Task PutAsync(AmazonS3Client client, string key, string body = "x") => client.PutObjectAsync(
        new PutObjectRequest { BucketName = S3Host.Bucket, Key = key, ContentBody = body }, Ct);
}
