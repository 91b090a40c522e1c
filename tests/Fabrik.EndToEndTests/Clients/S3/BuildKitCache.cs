using System.Net;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;

namespace Fabrik.EndToEndTests.Clients.S3;

/// <summary>
/// What BuildKit's cache of <c>type=s3</c> asks of a bucket, in its order: BuildKit itself is in no package of Debian.
/// </summary>
internal sealed class BuildKitCache(AmazonS3Client client, string bucket, string prefix) : IDisposable
{
    /// <summary>From here on its transfer manager sends parts.</summary>
    public const int PartSize = 8 << 20;

    /// <summary>How many blobs it has sent, as others were there.</summary>
    public int Sent { get; private set; }

    /// <summary>How many blobs it has made young again.</summary>
    public int Touched { get; private set; }

    public static string DigestOf(byte[] blob) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(blob));

    public string BlobKey(string digest) => $"{prefix}blobs/{digest}";

    /// <summary>Sends what is not there, touches what is older than it may be, and writes the manifest.</summary>
    public async Task ExportAsync(string name, string manifest, IEnumerable<byte[]> blobs, TimeSpan touchAfter)
    {
        foreach (var blob in blobs)
        {
            var key = BlobKey(DigestOf(blob));
            if (await AgeAsync(key) is not { } modified)
            {
                await SaveAsync(key, blob);
                Sent++;
            }
            else if (TimeProvider.System.GetUtcNow() - modified > touchAfter)
            {
                await TouchAsync(key);
                Touched++;
            }
        }

        await SaveAsync($"{prefix}manifests/{name}", System.Text.Encoding.UTF8.GetBytes(manifest));
    }

    /// <summary>The manifest; null where nobody has exported one, and every step is built.</summary>
    public async Task<string?> ImportAsync(string name)
    {
        try
        {
            using var answer = await client.GetObjectAsync(bucket, $"{prefix}manifests/{name}");
            using StreamReader reader = new(answer.ResponseStream);
            return await reader.ReadToEndAsync();
        }
        catch (AmazonS3Exception absence) when (absence.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>A blob from an offset on, as its reader asks after it was broken off.</summary>
    public async Task<byte[]> ReadAsync(string digest, long offset)
    {
        GetObjectRequest request = new() { BucketName = bucket, Key = BlobKey(digest) };
        if (offset > 0)
        {
            request.ByteRange = new ByteRange($"bytes={offset}-");
        }

        using var answer = await client.GetObjectAsync(request);
        using MemoryStream bytes = new();
        await answer.ResponseStream.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    /// <summary>When a blob was written; null where it is not.</summary>
    public async Task<DateTimeOffset?> AgeAsync(string key)
    {
        try
        {
            var head = await client.GetObjectMetadataAsync(bucket, key);
            return new DateTimeOffset(head.LastModified!.Value.ToUniversalTime());
        }
        catch (AmazonS3Exception absence) when (absence.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Copies a blob of up to 5 GiB onto itself, so that rules for old objects leave it.</summary>
    public async Task TouchAsync(string key)
    {
        CopyObjectRequest request = new()
        {
            SourceBucket = bucket,
            SourceKey = key,
            DestinationBucket = bucket,
            DestinationKey = key,
            MetadataDirective = S3MetadataDirective.REPLACE,
        };
        request.Metadata["updated-at"] = "now";
        await client.CopyObjectAsync(request);
    }

    /// <summary>Does so part by part, as with blobs of more than 5 GiB.</summary>
    public async Task TouchInPartsAsync(string key, long size)
    {
        var upload = await client.InitiateMultipartUploadAsync(bucket, key);
        List<PartETag> parts = [];
        for (long from = 0; from < size; from += PartSize)
        {
            var part = await client.CopyPartAsync(new CopyPartRequest
            {
                SourceBucket = bucket,
                SourceKey = key,
                DestinationBucket = bucket,
                DestinationKey = key,
                UploadId = upload.UploadId,
                PartNumber = parts.Count + 1,
                FirstByte = from,
                LastByte = Math.Min(from + PartSize, size) - 1,
            });
            parts.Add(new PartETag(parts.Count + 1, part.ETag));
        }

        await CompleteAsync(key, upload.UploadId, parts);
    }

    public void Dispose() => client.Dispose();

    private async Task SaveAsync(string key, byte[] blob)
    {
        if (blob.Length <= PartSize)
        {
            using MemoryStream whole = new(blob);
            await client.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = key, InputStream = whole });
            return;
        }

        var upload = await client.InitiateMultipartUploadAsync(bucket, key);
        var numbers = Enumerable.Range(1, (blob.Length + PartSize - 1) / PartSize);
        var parts = await Task.WhenAll(numbers.Select(number => SavePartAsync(key, upload.UploadId, number, blob)));
        await CompleteAsync(key, upload.UploadId, [.. parts]);
    }

    private async Task<PartETag> SavePartAsync(string key, string upload, int number, byte[] blob)
    {
        var from = (number - 1) * PartSize;
        using MemoryStream stream = new(blob, from, Math.Min(PartSize, blob.Length - from));
        var part = await client.UploadPartAsync(new UploadPartRequest
        {
            BucketName = bucket,
            Key = key,
            UploadId = upload,
            PartNumber = number,
            InputStream = stream,
        });
        return new PartETag(number, part.ETag);
    }

    private Task CompleteAsync(string key, string upload, List<PartETag> parts) =>
        client.CompleteMultipartUploadAsync(new CompleteMultipartUploadRequest
        {
            BucketName = bucket,
            Key = key,
            UploadId = upload,
            PartETags = parts,
        });
}
