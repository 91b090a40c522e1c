using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using Fabrik.Cache;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.ProtocolTests.S3.Door;

/// <summary>Objects, through Amazon's own client.</summary>
public sealed class ObjectTests : IAsyncLifetime
{
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

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    [InlineData(3_000_000)]
    public async Task Object_PutAndRead_IsTheSame(int size)
    {
        var bytes = S3Tier.Bytes(size);

        var put = await PutAsync("dir/file.bin", bytes);
        using var got = await _client.GetObjectAsync(S3Host.Bucket, "dir/file.bin", Ct);

        Assert.Equal(bytes, await ReadAsync(got));
        Assert.Equal($"\"{Tags.Of(bytes)}\"", put.ETag);
        Assert.Equal(put.ETag, got.ETag);
    }

    [Theory]
    [InlineData("CRC32")]
    [InlineData("SHA1")]
    [InlineData("SHA256")]
    public async Task Object_WithAChecksum_GivesItBack(string algorithm)
    {
        using MemoryStream stream = new(S3Tier.Bytes(70_000));
        await _client.PutObjectAsync(
            new PutObjectRequest
            {
                BucketName = S3Host.Bucket,
                Key = "k",
                InputStream = stream,
                ChecksumAlgorithm = ChecksumAlgorithm.FindValue(algorithm),
            },
            Ct);

        var head = await _client.GetObjectMetadataAsync(
            new GetObjectMetadataRequest
            {
                BucketName = S3Host.Bucket,
                Key = "k",
                ChecksumMode = ChecksumMode.ENABLED,
            },
            Ct);

        string?[] checksums =
        [
            head.ChecksumCRC32, head.ChecksumCRC32C, head.ChecksumCRC64NVME, head.ChecksumSHA1, head.ChecksumSHA256,
        ];
        Assert.Single(checksums, checksum => !string.IsNullOrEmpty(checksum));
    }

    [Fact]
    public async Task Object_InSignedChunks_IsTaken()
    {
        using MemoryStream stream = new(S3Tier.Bytes(200_000));
        await _client.PutObjectAsync(
            new PutObjectRequest
            {
                BucketName = S3Host.Bucket,
                Key = "k",
                InputStream = stream,
                UseChunkEncoding = true,
            },
            Ct);

        using var got = await _client.GetObjectAsync(S3Host.Bucket, "k", Ct);
        Assert.Equal(S3Tier.Bytes(200_000), await ReadAsync(got));
    }

    [Fact]
    public async Task Metadata_AreGivenBack()
    {
        var request = new PutObjectRequest
        {
            BucketName = S3Host.Bucket,
            Key = "k",
            ContentBody = "text",
            ContentType = "text/x-test",
        };
        request.Metadata["colour"] = "blue and green";
        request.Headers.CacheControl = "max-age=60";
        request.Headers.ContentEncoding = "identity";
        request.Headers.ContentDisposition = "attachment";
        await _client.PutObjectAsync(request, Ct);

        var head = await _client.GetObjectMetadataAsync(S3Host.Bucket, "k", Ct);

        Assert.Equal("blue and green", head.Metadata["colour"]);
        Assert.Equal("text/x-test", head.Headers.ContentType);
        Assert.Equal("max-age=60", head.Headers.CacheControl);
        Assert.Equal("attachment", head.Headers.ContentDisposition);
        Assert.Equal("identity", head.Headers.ContentEncoding);
        Assert.Equal(4, head.ContentLength);
    }

    [Fact]
    public async Task Put_OfTheSameKey_Replaces()
    {
        await PutAsync("k", [1]);
        await PutAsync("k", [2, 3]);

        using var got = await _client.GetObjectAsync(S3Host.Bucket, "k", Ct);
        Assert.Equal(new byte[] { 2, 3 }, await ReadAsync(got));
        Assert.Equal(1, _host.Tier.Count);
    }

    [Fact]
    public async Task Missing_IsNoSuchKey()
    {
        var error = await Assert.ThrowsAsync<NoSuchKeyException>(
            () => _client.GetObjectAsync(S3Host.Bucket, "k", Ct));
        Assert.Equal(HttpStatusCode.NotFound, error.StatusCode);
        Assert.NotEmpty(error.RequestId);

        var bucket = await Assert.ThrowsAsync<AmazonS3Exception>(
            () => _client.GetObjectAsync("elsewhere", "k", Ct));
        Assert.Equal("NoSuchBucket", bucket.ErrorCode);
    }

    [Theory]
    [InlineData("bytes=0-0", 206, "0")]
    [InlineData("bytes=0-", 206, "0123456789")]
    [InlineData("bytes=2-4", 206, "234")]
    [InlineData("bytes=8-100", 206, "89")]
    [InlineData("bytes=-3", 206, "789")]
    [InlineData("bytes=1-2,4-5", 200, "0123456789")]
    [InlineData("bytes=10-", 416, null)]
    public async Task Range_IsServed(string range, int status, string? body)
    {
        await PutAsync("k", "0123456789"u8.ToArray());
        _host.Options = new();

        var answer = await _host.SendAsync("GET", "/fabrik/k", "", $"Range: {range}");

        Assert.Equal(status, answer.Status);
        if (body is null)
        {
            Assert.Equal("bytes */10", answer.Find("Content-Range"));
            Assert.Contains("<Code>InvalidRange</Code>", answer.Body, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(body, answer.Body);
        }
    }

    [Fact]
    public async Task Delete_IsASuccessWhateverIsThere()
    {
        await PutAsync("k", [1]);

        var gone = await _client.DeleteObjectAsync(S3Host.Bucket, "k", Ct);
        await _client.DeleteObjectAsync(S3Host.Bucket, "k", Ct);

        Assert.Equal(HttpStatusCode.NoContent, gone.HttpStatusCode);
        Assert.Equal(0, _host.Tier.Count);
    }

    [Fact]
    public async Task DeleteObjects_TellsOfEachKey()
    {
        await PutAsync("a&<b>", [1]);
        await PutAsync("c", [1]);

        var answer = await _client.DeleteObjectsAsync(
            new DeleteObjectsRequest
            {
                BucketName = S3Host.Bucket,
                Objects = [new() { Key = "a&<b>" }, new() { Key = "c" }, new() { Key = "was never there" }],
            },
            Ct);

        Assert.Equal(3, answer.DeletedObjects.Count);
        Assert.Equal(0, _host.Tier.Count);
    }

    [Fact]
    public async Task Copy_KeepsOrReplacesMetadata()
    {
        var request = new PutObjectRequest { BucketName = S3Host.Bucket, Key = "from +ü", ContentBody = "text" };
        request.Metadata["a"] = "1";
        await _client.PutObjectAsync(request, Ct);

        var kept = await _client.CopyObjectAsync(S3Host.Bucket, "from +ü", S3Host.Bucket, "kept", Ct);
        var replacement = new CopyObjectRequest
        {
            SourceBucket = S3Host.Bucket,
            SourceKey = "from +ü",
            DestinationBucket = S3Host.Bucket,
            DestinationKey = "from +ü",
            MetadataDirective = S3MetadataDirective.REPLACE,
        };
        replacement.Metadata["b"] = "2";
        await _client.CopyObjectAsync(replacement, Ct);

        var first = await _client.GetObjectMetadataAsync(S3Host.Bucket, "kept", Ct);
        var second = await _client.GetObjectMetadataAsync(S3Host.Bucket, "from +ü", Ct);
        Assert.Equal(kept.ETag, first.ETag);
        Assert.Equal("1", first.Metadata["a"]);
        Assert.Equal("2", second.Metadata["b"]);
        Assert.Null(second.Metadata["a"]);
    }

    [Fact]
    public async Task Copy_ToItselfWithNothingNew_IsRefused()
    {
        await PutAsync("k", [1]);

        var error = await Assert.ThrowsAsync<AmazonS3Exception>(
            () => _client.CopyObjectAsync(S3Host.Bucket, "k", S3Host.Bucket, "k", Ct));

        Assert.Equal("InvalidRequest", error.ErrorCode);
    }

    [Fact]
    public async Task Copy_OfSomethingElse_FailsByItsCondition()
    {
        await PutAsync("k", [1]);
        var request = new CopyObjectRequest
        {
            SourceBucket = S3Host.Bucket,
            SourceKey = "k",
            DestinationBucket = S3Host.Bucket,
            DestinationKey = "l",
            ETagToMatch = "\"other\"",
        };

        var error = await Assert.ThrowsAsync<AmazonS3Exception>(() => _client.CopyObjectAsync(request, Ct));

        Assert.Equal(HttpStatusCode.PreconditionFailed, error.StatusCode);
    }

    [Fact]
    public async Task PresignedUrl_ReadsAndWrites()
    {
        const string Key = "a b+c/ü%2F..//x";
        await PutAsync(Key, "presigned"u8.ToArray());

        var read = await _client.GetPreSignedURLAsync(Presign(HttpVerb.GET, Key));
        var write = await _client.GetPreSignedURLAsync(Presign(HttpVerb.PUT, "new"));

        // As it is: .NET's client would take dots out of it. The signature names the host and its port.
        var answer = await _host.SendRawAsync(
            $"GET {new Uri(read, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true })
                .PathAndQuery} HTTP/1.1\r\nHost: {_host.Client.BaseAddress!.Authority}\r\n\r\n");
        Assert.Equal("presigned", answer.Body);
        using var written = await _host.Client.PutAsync(write, new ByteArrayContent("new"u8.ToArray()), Ct);
        Assert.Equal(HttpStatusCode.OK, written.StatusCode);
        using var tampered = await _host.Client.GetAsync(
            (await _client.GetPreSignedURLAsync(Presign(HttpVerb.GET, "new"))).Replace("/new", "/old",
                StringComparison.Ordinal),
            Ct);
        Assert.Equal(HttpStatusCode.Forbidden, tampered.StatusCode);
    }

    [Fact]
    public async Task Tier_ThatFails_IsToldOfInS3sWords()
    {
        foreach (var kind in Enum.GetValues<CacheErrorKind>())
        {
            _host.Tier.Fault.SetAll(kind);
            foreach (var answer in (Task<string>[])[ReadCodeAsync(), WriteCodeAsync(), ListCodeAsync()])
            {
                Assert.Matches("^[A-Z][A-Za-z0-9]+$", await answer);
            }
        }
    }

    [Theory]
    [InlineData(ArtifactForm.File)]
    [InlineData(ArtifactForm.Copied)]
    public async Task Object_InAnotherForm_IsSentWhole(ArtifactForm form)
    {
        var bytes = S3Tier.Bytes(150_000);
        await PutAsync("k", bytes);
        _host.Tier.Form = form;

        using var got = await _client.GetObjectAsync(S3Host.Bucket, "k", Ct);

        Assert.Equal(bytes, await ReadAsync(got));
    }

    private static GetPreSignedUrlRequest Presign(HttpVerb verb, string key) => new()
    {
        BucketName = S3Host.Bucket,
        Key = key,
        Verb = verb,
        Protocol = Protocol.HTTP,
        Expires = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(5),
    };

    private static async Task<byte[]> ReadAsync(GetObjectResponse response)
    {
        using MemoryStream bytes = new();
        await response.ResponseStream.CopyToAsync(bytes, Ct);
        return bytes.ToArray();
    }

    private async Task<string> ReadCodeAsync() => await CodeAsync(
        () => _client.GetObjectAsync(S3Host.Bucket, "k", Ct));

    private async Task<string> WriteCodeAsync() => await CodeAsync(() => PutAsync("k", [1]));

    private async Task<string> ListCodeAsync() => await CodeAsync(
        () => _client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = S3Host.Bucket }, Ct));

    private static async Task<string> CodeAsync(Func<Task> act) =>
        (await Assert.ThrowsAnyAsync<AmazonS3Exception>(act)).ErrorCode;

    private async Task<PutObjectResponse> PutAsync(string key, byte[] bytes)
    {
        using MemoryStream stream = new(bytes);
        return await _client.PutObjectAsync(
            new PutObjectRequest { BucketName = S3Host.Bucket, Key = key, InputStream = stream }, Ct);
    }
}
