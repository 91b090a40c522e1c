using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Fabrik.Cache;
using Fabrik.Upstreams.Objects;

namespace Fabrik.Upstreams.S3;

/// <summary>
/// Writes objects: small ones in one request, larger ones in parts. Where the server knows no conditional writes, an
/// object that must not be replaced is looked for first.
/// </summary>
internal sealed class S3Writer(AmazonS3Client client, S3Options options, TimeProvider time)
{
    private const string Any = "*";

    private volatile bool _refusesConditions;

    /// <summary>Stores an object; false when one was there that stays.</summary>
    public async Task<CacheResult<bool>> PutAsync(
        string key, ObjectContent content, bool ifAbsent, CancellationToken cancellationToken)
    {
        using var upload = new S3Upload(client, options, key, content);
        if (upload.IsTooLarge)
        {
            return CacheError.Client(CacheErrorKind.TooLarge, $"{options} takes no object of {content.Length} bytes");
        }

        if (upload.IsWhole)
        {
            await upload.ReadAsync(cancellationToken);
            return await CreateAsync(upload, ifAbsent, upload.SendWholeAsync, cancellationToken);
        }

        await upload.StartAsync(cancellationToken);
        var isDone = false;
        try
        {
            while (await upload.ReadAsync(cancellationToken))
            {
                await upload.SendPartAsync(cancellationToken);
            }

            isDone = await CreateAsync(upload, ifAbsent, upload.CompleteAsync, cancellationToken);
            return isDone;
        }
        finally
        {
            if (!isDone)
            {
                await upload.AbortAsync(time);
            }
        }
    }

    // Google's conditions are its own: they are put in place of this one where nothing is signed, and for a whole
    // object only.
    private bool CanBeConditional(S3Upload upload) =>
        !_refusesConditions && (!options.IsGoogle || (options.Bearer is not null && upload.IsWhole));

    private async Task<bool> CreateAsync(
        S3Upload upload,
        bool ifAbsent,
        Func<string?, CancellationToken, Task> send,
        CancellationToken cancellationToken)
    {
        var wasRefused = false;
        if (ifAbsent && CanBeConditional(upload))
        {
            try
            {
                await send(Any, cancellationToken);
                return true;
            }
            catch (AmazonServiceException refused) when (S3Faults.MayRefuseConditions(refused))
            {
                wasRefused = true;
            }
        }

        if (ifAbsent && await ExistsAsync(upload.Key, cancellationToken))
        {
            return false;
        }

        await send(null, cancellationToken);
        // Only now it is known that it was the condition that was refused.
        _refusesConditions |= wasRefused;
        return true;
    }

    private async Task<bool> ExistsAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            await client.GetObjectMetadataAsync(
                new GetObjectMetadataRequest { BucketName = options.Bucket, Key = key }, cancellationToken);
            return true;
        }
        catch (AmazonServiceException missing) when (missing.StatusCode == HttpStatusCode.NotFound)
        {
            return false;
        }
    }
}
