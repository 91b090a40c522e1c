using Amazon.S3;
using Amazon.S3.Model;
using Xunit;

namespace Fabrik.ProtocolTests.S3.Door;

/// <summary>Keys that other servers make something else of.</summary>
public sealed class KeyTests : IAsyncLifetime
{
    private S3Host _host = null!;

    public static TheoryData<string> Odd => new(
        "plain", "a b", "a+b", "a%2Fb", "a/b", "a//b", "/a", "//a", "a/", "a/./b", "a/../b", "..", ".", "../x", "a%b",
        "%", "ü/日本語/🎉", "a&b=c?d#e", "<tag attr=\"x\">'", "a;b,c:d@e!f*g(h)~", "\\back\\slash", "tab\there", "{}[]|^`",
        new string('k', 1024), new string('é', 512), string.Join('/', Enumerable.Repeat("x", 512)) + "y");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await S3Host.StartAsync();
        _host.RequireKeys();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [MemberData(nameof(Odd))]
    public async Task Key_ThatIsOdd_IsKeptToTheLetter(string key)
    {
        // In the target as S3 writes it: dots and slashes as they are, all else escaped.
        _host.Options = new();
        var target = $"/fabrik/{Fabrik.Wire.S3.S3Uri.EncodePath(key)}";

        Assert.Equal(200, (await _host.SendAsync("PUT", target, "body")).Status);
        Assert.Equal("body", (await _host.SendAsync("GET", target)).Body);

        using var client = _host.Sdk();
        var list = await client.ListObjectsV2Async(
            new ListObjectsV2Request { BucketName = S3Host.Bucket, Encoding = EncodingType.Url }, Ct);
        Assert.Equal(key, Uri.UnescapeDataString(Assert.Single(list.S3Objects).Key));
        var deleted = await client.DeleteObjectsAsync(
            new DeleteObjectsRequest { BucketName = S3Host.Bucket, Objects = [new() { Key = key }] }, Ct);
        Assert.Equal(key, Assert.Single(deleted.DeletedObjects).Key);
        Assert.Equal(0, _host.Tier.Count);
    }

    [Theory]
    [InlineData("ü/日本語 🎉")]
    [InlineData("a b+c&d=e")]
    [InlineData("a//b")]
    [InlineData("a%2Fb")]
    [InlineData("sub/a(1)!*'.txt")]
    public async Task Key_ThatAClientSigns_IsVerified(string key)
    {
        using var client = _host.Sdk();
        await client.PutObjectAsync(
            new PutObjectRequest { BucketName = S3Host.Bucket, Key = key, ContentBody = "x" }, Ct);

        var head = await client.GetObjectMetadataAsync(S3Host.Bucket, key, Ct);

        Assert.Equal(1, head.ContentLength);
        Assert.Equal(key, Assert.Single((await client.ListObjectsV2Async(
            new ListObjectsV2Request { BucketName = S3Host.Bucket }, Ct)).S3Objects).Key);
    }

    [Theory]
    [InlineData("/fabrik/%zz", "InvalidURI")]
    [InlineData("/fabrik/%ff", "InvalidURI")]
    [InlineData("/fabrik/%c3", "InvalidURI")]
    [InlineData("/a/k", "InvalidBucketName")]
    [InlineData("/no..pe/k", "InvalidBucketName")]
    [InlineData("/elsewhere/k", "NoSuchBucket")]
    public async Task Target_ThatNamesNothing_IsRefused(string target, string code)
    {
        _host.Options = new();

        var answer = await _host.SendAsync("GET", target);

        Assert.Contains($"<Code>{code}</Code>", answer.Body, StringComparison.Ordinal);
        Assert.NotNull(answer.Find("x-amz-request-id"));
    }

    [Fact]
    public async Task Key_ThatIsTooLong_IsRefused()
    {
        _host.Options = new();

        var answer = await _host.SendAsync("PUT", $"/fabrik/{new string('k', 1025)}", "x");

        Assert.Contains("<Code>KeyTooLongError</Code>", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bucket_InTheHost_IsTheSameAsInThePath()
    {
        _host.Options = new() { Domains = ["s3.test"] };
        await _host.SendRawAsync(
            "PUT /k HTTP/1.1\r\nHost: FABRIK.s3.test:9000\r\nContent-Length: 1\r\n\r\nx");

        Assert.Equal("x", (await _host.SendAsync("GET", "/fabrik/k")).Body);
    }
}
