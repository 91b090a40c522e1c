using System.Globalization;
using System.Text;
using Fabrik.ProtocolTests.Serving;
using Xunit;

namespace Fabrik.ProtocolTests.S3.Door;

/// <summary>Bodies, conditions and metadata that are wrong, as no client library sends them.</summary>
public sealed class BodyTests : IAsyncLifetime
{
    private S3Host _host = null!;

    public async ValueTask InitializeAsync() => _host = await S3Host.StartAsync(new() { MaxArtifactSize = 1000 });

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("Content-MD5: AAAAAAAAAAAAAAAAAAAAAA==", "BadDigest")]
    [InlineData("Content-MD5: nonsense", "InvalidDigest")]
    [InlineData("x-amz-checksum-crc32: AAAAAA==", "BadDigest")]
    [InlineData("x-amz-checksum-crc32: AAAA", "InvalidRequest")]
    [InlineData("x-amz-checksum-sha256: AAAAAA==", "InvalidRequest")]
    [InlineData(
        "x-amz-content-sha256: 0000000000000000000000000000000000000000000000000000000000000000",
        "XAmzContentSHA256Mismatch")]
    [InlineData("x-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER", "MissingContentLength")]
    [InlineData("x-amz-content-sha256: STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD", "InvalidRequest")]
    [InlineData("x-amz-server-side-encryption: aws:kms", "NotImplemented")]
    [InlineData("If-Match: \"x\"", "NoSuchKey")]
    public async Task Put_ThatIsWrong_StoresNothing(string header, string code)
    {
        var answer = await _host.SendAsync("PUT", "/fabrik/k", "body", header);

        Assert.Contains($"<Code>{code}</Code>", answer.Body, StringComparison.Ordinal);
        Assert.Equal(0, _host.Tier.Count);
    }

    [Fact]
    public async Task Put_WithBothChecksums_IsRefused()
    {
        var answer = await _host.SendAsync(
            "PUT", "/fabrik/k", "body", "x-amz-checksum-crc32: AAAAAA==", "x-amz-checksum-crc32c: AAAAAA==");

        Assert.Contains("<Code>InvalidRequest</Code>", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("4\r\nbody\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n", "4", "BadDigest")]
    [InlineData("4\r\nbody\r\n0\r\n\r\n", "4", "MalformedTrailerError")]
    [InlineData("4\r\nbody\r\n0\r\nx-amz-meta-a:1\r\n\r\n", "4", "MalformedTrailerError")]
    [InlineData("5\r\nbody", "4", "IncompleteBody")]
    [InlineData("4\r\nbody\r\n", "4", "IncompleteBody")]
    [InlineData("zz\r\n", "4", "InvalidRequest")]
    public async Task Chunks_ThatAreWrong_StoreNothing(string body, string length, string code)
    {
        var answer = await _host.SendAsync(
            "PUT",
            "/fabrik/k",
            body,
            "x-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER",
            $"x-amz-decoded-content-length: {length}",
            "x-amz-trailer: x-amz-checksum-crc32");

        Assert.Contains($"<Code>{code}</Code>", answer.Body, StringComparison.Ordinal);
        Assert.Equal(0, _host.Tier.Count);
    }

    [Fact]
    public async Task SignedChunks_AtAnOpenDoor_AreTakenUnread()
    {
        var signature = new string('a', 64);
        var answer = await _host.SendAsync(
            "PUT",
            "/fabrik/k",
            $"4;chunk-signature={signature}\r\nbody\r\n0;chunk-signature={signature}\r\n\r\n",
            "x-amz-content-sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
            "x-amz-decoded-content-length: 4",
            "Content-Encoding: aws-chunked,gzip");

        Assert.Equal(200, answer.Status);
        var got = await _host.SendAsync("GET", "/fabrik/k");
        Assert.Equal("body", got.Body);
        Assert.Equal("gzip", got.Find("Content-Encoding"));
    }

    [Fact]
    public async Task Put_ThatIsTooLarge_IsRefusedAndTheConnectionHeard()
    {
        var answer = await _host.SendAsync("PUT", "/fabrik/k", new string('x', 1001));

        Assert.Contains("<Code>EntityTooLarge</Code>", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metadata_ThatAreTooLarge_AreRefused()
    {
        var answer = await _host.SendAsync("PUT", "/fabrik/k", "x", $"x-amz-meta-a: {new string('a', 2048)}");

        Assert.Contains("<Code>MetadataTooLarge</Code>", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metadata_ThatAreNotAscii_GoAsAnEncodedWord()
    {
        var name = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes("grün"));
        Assert.Equal(200, (await _host.SendAsync("PUT", "/fabrik/k", "x", $"x-amz-meta-a: {name}")).Status);

        var value = (await _host.SendAsync("GET", "/fabrik/k")).Find("x-amz-meta-a")!;

        Assert.Equal("=?UTF-8?B?Z3LDvG4=?=", value);
    }

    [Fact]
    public async Task Creation_WhereSomethingIs_FailsAndKeepsIt()
    {
        Assert.Equal(200, (await _host.SendAsync("PUT", "/fabrik/k", "old", "If-None-Match: *")).Status);

        Assert.Equal(412, (await _host.SendAsync("PUT", "/fabrik/k", "new", "If-None-Match: *")).Status);
        Assert.Equal(412, (await _host.SendAsync("PUT", "/fabrik/k", "old", "If-None-Match: *")).Status);
        Assert.Equal(412, (await _host.SendAsync("PUT", "/fabrik/k", "new", "If-Match: \"x\"")).Status);
        Assert.Equal("old", (await _host.SendAsync("GET", "/fabrik/k")).Body);
        var tag = (await _host.SendAsync("GET", "/fabrik/k")).Find("ETag");
        Assert.Equal(200, (await _host.SendAsync("PUT", "/fabrik/k", "new", $"If-Match: {tag}")).Status);
        Assert.Equal("new", (await _host.SendAsync("GET", "/fabrik/k")).Body);
    }

    [Theory]
    [InlineData(200, "If-Match: TAG", "If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT")]
    [InlineData(304, "If-None-Match: TAG", "If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT")]
    [InlineData(200, "If-None-Match: \"x\"", "If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT")]
    [InlineData(304, "If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT", "X: y")]
    [InlineData(412, "If-Match: \"x\"", "X: y")]
    [InlineData(412, "If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT", "X: y")]
    [InlineData(412, "If-Match: \"x\"", "Range: bytes=100-")]
    public async Task Read_WithConditions_FollowsTheirPrecedence(int status, string first, string second)
    {
        await _host.SendAsync("PUT", "/fabrik/k", "body");
        var tag = Tags.Of("body"u8);

        var answer = await _host.SendAsync(
            "GET", "/fabrik/k", "", first.Replace("TAG", $"\"{tag}\"", StringComparison.Ordinal),
            second);

        Assert.Equal(status, answer.Status);
    }

    [Fact]
    public async Task Read_WithOverrides_HasThem()
    {
        await _host.SendAsync("PUT", "/fabrik/k", "body", "Content-Type: text/plain");

        var answer = await _host.SendAsync(
            "GET",
            "/fabrik/k?response-content-type=text%2Fx-other&response-content-disposition=attachment%3B%20filename%3Da");
        var split = await _host.SendAsync("GET", "/fabrik/k?response-expires=a%0d%0aSet-Cookie:%20b");

        Assert.Equal("text/x-other", answer.Find("Content-Type"));
        Assert.Equal("attachment; filename=a", answer.Find("Content-Disposition"));
        Assert.Contains("<Code>InvalidArgument</Code>", split.Body, StringComparison.Ordinal);
        Assert.Null(split.Find("Set-Cookie"));
    }

    [Fact]
    public async Task Fault_AfterTheHeadersOfAnObject_HasNoneOfThem()
    {
        await _host.SendAsync("PUT", "/fabrik/k", "body", "Content-Encoding: gzip", "x-amz-meta-a: 1");

        var answer = await _host.SendAsync("GET", "/fabrik/k", "", "If-Match: \"x\"");

        Assert.Null(answer.Find("Content-Encoding"));
        Assert.Null(answer.Find("x-amz-meta-a"));
        Assert.Equal("application/xml", answer.Find("Content-Type"));
        Assert.Equal(
            answer.Body.Length.ToString(CultureInfo.InvariantCulture), answer.Find("Content-Length"));
    }

    [Fact]
    public async Task Put_ThatIsBrokenOff_StoresNothing()
    {
        await using (var connection = await RawConnection.OpenAsync(_host.Client.BaseAddress!.Port))
        {
            await connection.SendAsync("PUT /fabrik/k HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf");
            connection.EndSending();
            await connection.WaitForCloseAsync();
        }

        Assert.Equal(0, _host.Tier.Count);
    }

    [Theory]
    [InlineData("POST", "/fabrik/k", 501)]
    [InlineData("POST", "/", 501)]
    [InlineData("PATCH", "/fabrik/k", 405)]
    [InlineData("OPTIONS", "/fabrik/k", 403)]
    [InlineData("GET", "/fabrik/k?attributes", 501)]
    [InlineData("PUT", "/fabrik/k?tagging", 501)]
    [InlineData("GET", "/fabrik/k?versionId=abc", 404)]
    [InlineData("DELETE", "/fabrik", 409)]
    public async Task Operation_ThatThereIsNot_SaysSo(string method, string target, int status) =>
        Assert.Equal(status, (await _host.SendAsync(method, target)).Status);

    [Fact]
    public async Task Head_OfWhatIsMissing_HasNoBody()
    {
        await using var connection = await RawConnection.OpenAsync(_host.Client.BaseAddress!.Port);
        await connection.SendAsync("HEAD /fabrik/k HTTP/1.1\r\nHost: a\r\n\r\n");
        var missing = await connection.ReadAnswerAsync(isHead: true);
        await connection.SendAsync("HEAD /fabrik HTTP/1.1\r\nHost: a\r\n\r\n");
        var bucket = await connection.ReadAnswerAsync(isHead: true);

        Assert.Equal(404, missing.Status);
        Assert.Equal(200, bucket.Status);
        Assert.Equal("us-east-1", bucket.Find("x-amz-bucket-region"));
    }
}
