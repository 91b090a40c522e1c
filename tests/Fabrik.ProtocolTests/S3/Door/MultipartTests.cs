using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Transfer;
using Xunit;

namespace Fabrik.ProtocolTests.S3.Door;

/// <summary>Multipart uploads, through Amazon's own client.</summary>
public sealed class MultipartTests : IAsyncLifetime
{
    private const int PartSize = 5 * 1024 * 1024;

    private S3Host _host = null!;
    private AmazonS3Client _client = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await S3Host.StartAsync();
        _host.RequireKeys();
        _client = _host.Sdk();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Upload_InParts_BecomesOneObject()
    {
        var bytes = S3Tier.Bytes((2 * PartSize) + 12345);
        using TransferUtility transfer = new(
            _client, new TransferUtilityConfig { MinSizeBeforePartUpload = PartSize });
        using MemoryStream stream = new(bytes);
        await transfer.UploadAsync(
            new TransferUtilityUploadRequest
            {
                BucketName = S3Host.Bucket,
                Key = "big",
                InputStream = stream,
                PartSize = PartSize,
                ContentType = "application/x-big",
            },
            Ct);

        using var got = await _client.GetObjectAsync(S3Host.Bucket, "big", Ct);
        using MemoryStream read = new();
        await got.ResponseStream.CopyToAsync(read, Ct);
        Assert.Equal(bytes, read.ToArray());
        Assert.Equal("application/x-big", got.Headers.ContentType);
        Assert.Equal($"\"{Tags.OfParts(bytes, PartSize)}\"", got.ETag);
        Assert.Equal(1, _host.Tier.Count);
    }

    [Fact]
    public async Task Part_OfAnObject_IsRead()
    {
        var bytes = S3Tier.Bytes(PartSize + 10);
        await UploadAsync("k", bytes[..PartSize], bytes[PartSize..]);

        using var got = await _client.GetObjectAsync(
            new GetObjectRequest { BucketName = S3Host.Bucket, Key = "k", PartNumber = 2 }, Ct);

        Assert.Equal(10, got.ContentLength);
        Assert.Equal(2, got.PartsCount);
    }

    [Fact]
    public async Task Parts_OfAnUpload_AreListedAndAborted()
    {
        var upload = await _client.InitiateMultipartUploadAsync(S3Host.Bucket, "a/k", Ct);
        var second = await _client.InitiateMultipartUploadAsync(S3Host.Bucket, "b/k", Ct);
        await PutPartAsync("a/k", upload.UploadId, 2, [2, 2]);
        await PutPartAsync("a/k", upload.UploadId, 1, [1]);
        await PutPartAsync("a/k", upload.UploadId, 2, [3, 3, 3]);

        var parts = await _client.ListPartsAsync(S3Host.Bucket, "a/k", upload.UploadId, Ct);
        var uploads = await _client.ListMultipartUploadsAsync(S3Host.Bucket, Ct);
        await _client.AbortMultipartUploadAsync(S3Host.Bucket, "a/k", upload.UploadId, Ct);
        await _client.AbortMultipartUploadAsync(S3Host.Bucket, "b/k", second.UploadId, Ct);
        var gone = await Assert.ThrowsAsync<AmazonS3Exception>(
            () => PutPartAsync("a/k", upload.UploadId, 1, [1]));

        Assert.Equal([(1, 1L), (2, 3L)], parts.Parts.Select(part => (part.PartNumber!.Value, part.Size!.Value)));
        Assert.Equal(["a/k", "b/k"], uploads.MultipartUploads.Select(found => found.Key).ToArray());
        Assert.Equal("NoSuchUpload", gone.ErrorCode);
        Assert.Equal(0, _host.Tier.Count);
    }

    [Fact]
    public async Task Part_CopiedFromAnObject_IsThatRange()
    {
        var bytes = S3Tier.Bytes(PartSize);
        using MemoryStream stream = new(bytes);
        await _client.PutObjectAsync(
            new PutObjectRequest { BucketName = S3Host.Bucket, Key = "from", InputStream = stream }, Ct);
        var upload = await _client.InitiateMultipartUploadAsync(S3Host.Bucket, "to", Ct);
        var part = await _client.CopyPartAsync(
            new CopyPartRequest
            {
                SourceBucket = S3Host.Bucket,
                SourceKey = "from",
                DestinationBucket = S3Host.Bucket,
                DestinationKey = "to",
                UploadId = upload.UploadId,
                PartNumber = 1,
                FirstByte = 10,
                LastByte = 19,
            },
            Ct);

        await _client.CompleteMultipartUploadAsync(
            new CompleteMultipartUploadRequest
            {
                BucketName = S3Host.Bucket,
                Key = "to",
                UploadId = upload.UploadId,
                PartETags = [new PartETag(1, part.ETag)],
            },
            Ct);

        using var got = await _client.GetObjectAsync(S3Host.Bucket, "to", Ct);
        using MemoryStream read = new();
        await got.ResponseStream.CopyToAsync(read, Ct);
        Assert.Equal(bytes[10..20], read.ToArray());
    }

    [Theory]
    [InlineData("order", "InvalidPartOrder")]
    [InlineData("etag", "InvalidPart")]
    [InlineData("missing", "InvalidPart")]
    [InlineData("small", "EntityTooSmall")]
    [InlineData("key", "NoSuchUpload")]
    public async Task Completion_ThatIsWrong_StoresNothing(string what, string code)
    {
        var upload = await _client.InitiateMultipartUploadAsync(S3Host.Bucket, "k", Ct);
        var size = what == "small" ? 10 : PartSize;
        var first = await PutPartAsync("k", upload.UploadId, 1, S3Tier.Bytes(size));
        var second = await PutPartAsync("k", upload.UploadId, 2, [1]);
        var tag = $"\"{new string('0', 32)}\"";
        var body = what switch
        {
            "order" => Xml((2, second), (1, first)),
            "etag" => Xml((1, first), (2, tag)),
            "missing" => Xml((1, first), (3, second)),
            _ => Xml((1, first), (2, second)),
        };

        _host.Options = new();
        var answer = await _host.SendAsync(
            "POST", $"/fabrik/{(what == "key" ? "other" : "k")}?uploadId={upload.UploadId}", body);

        Assert.Contains($"<Code>{code}</Code>", answer.Body, StringComparison.Ordinal);
        Assert.Equal(404, (await _host.SendAsync("GET", "/fabrik/k")).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<x/>")]
    [InlineData("<CompleteMultipartUpload/>")]
    [InlineData("<!DOCTYPE a [<!ENTITY b \"c\">]><CompleteMultipartUpload>&b;</CompleteMultipartUpload>")]
    public async Task Completion_ThatIsNoDocument_IsMalformed(string body)
    {
        var upload = await _client.InitiateMultipartUploadAsync(S3Host.Bucket, "k", Ct);
        _host.Options = new();

        var answer = await _host.SendAsync("POST", $"/fabrik/k?uploadId={upload.UploadId}", body);

        Assert.Contains("<Code>MalformedXML</Code>", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DUoRhQ==", "200")]
    [InlineData("AAAAAA==", "BadDigest")]
    [InlineData("AAAAAA==-1", "200")]
    public async Task Checksum_OfTheWhole_IsThatOfTheObjectNotOfTheDocument(string checksum, string outcome)
    {
        var upload = await _client.InitiateMultipartUploadAsync(S3Host.Bucket, "k", Ct);
        var tag = await PutPartAsync("k", upload.UploadId, 1, "hello world"u8.ToArray());
        _host.Options = new();

        // The CRC-32 of "hello world" is 0d4a1185.
        var answer = await _host.SendAsync(
            "POST",
            $"/fabrik/k?uploadId={upload.UploadId}",
            Xml((1, tag)),
            $"x-amz-checksum-crc32: {checksum}");

        Assert.Contains(
            outcome == "200" ? "<CompleteMultipartUploadResult" : $"<Code>{outcome}</Code>",
            answer.Body,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Completion_SentAgain_IsAnsweredAgain()
    {
        var upload = await _client.InitiateMultipartUploadAsync(S3Host.Bucket, "k", Ct);
        var tag = await PutPartAsync("k", upload.UploadId, 1, [1]);
        _host.Options = new();
        var target = $"/fabrik/k?uploadId={upload.UploadId}";

        Assert.Equal(200, (await _host.SendAsync("POST", target, Xml((1, tag)))).Status);
        Assert.Equal(200, (await _host.SendAsync("POST", target, Xml((1, tag)))).Status);
        Assert.Equal(404, (await _host.SendAsync("POST", target, Xml((2, tag), (3, tag)))).Status);
    }

    [Fact]
    public async Task Upload_WithALongKey_IsCompleted()
    {
        var key = new string('é', 512);

        await UploadAsync(key, [1, 2]);

        Assert.Equal(2, (await _client.GetObjectMetadataAsync(S3Host.Bucket, key, Ct)).ContentLength);
    }

    private static string Xml(params (int Number, string ETag)[] parts) => "<CompleteMultipartUpload>"
        + string.Concat(parts.Select(part =>
            $"<Part><PartNumber>{part.Number}</PartNumber><ETag>{part.ETag}</ETag></Part>"))
        + "</CompleteMultipartUpload>";

    private async Task UploadAsync(string key, params byte[][] parts)
    {
        var upload = await _client.InitiateMultipartUploadAsync(S3Host.Bucket, key, Ct);
        List<PartETag> tags = [];
        for (var i = 0; i < parts.Length; i++)
        {
            tags.Add(new PartETag(i + 1, await PutPartAsync(key, upload.UploadId, i + 1, parts[i])));
        }

        await _client.CompleteMultipartUploadAsync(
            new CompleteMultipartUploadRequest
            {
                BucketName = S3Host.Bucket,
                Key = key,
                UploadId = upload.UploadId,
                PartETags = tags,
            },
            Ct);
    }

    private async Task<string> PutPartAsync(string key, string uploadId, int number, byte[] bytes)
    {
        using MemoryStream stream = new(bytes);
        var answer = await _client.UploadPartAsync(
            new UploadPartRequest
            {
                BucketName = S3Host.Bucket,
                Key = key,
                UploadId = uploadId,
                PartNumber = number,
                InputStream = stream,
            },
            Ct);
        return answer.ETag;
    }
}
