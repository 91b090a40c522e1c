using System.Globalization;
using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Fabrik.Cache;
using Fabrik.Upstreams.Objects;

namespace Fabrik.Upstreams.S3;

/// <summary>A bucket of S3, or of a server that speaks it.</summary>
internal sealed class S3ObjectStore : IObjectStore
{
    private const int PageSize = 1000;

    private readonly S3Options _options;
    private readonly HttpClient _http;
    private readonly AmazonS3Client _client;
    private readonly S3Writer _writer;

    /// <summary>A store that is asked nothing yet.</summary>
    public S3ObjectStore(S3Options options, TimeProvider time)
    {
        _options = options;
        _http = S3Client.CreateHttp(options);
        _client = S3Client.Create(options, _http);
        _writer = new S3Writer(_client, options, time);
    }

    /// <inheritdoc/>
    public string Name => _options.ToString();

    /// <inheritdoc/>
    public ObjectStoreTraits Traits { get; } = new(CanList: true, CanDelete: true, IsSlowToAsk: true);

    /// <inheritdoc/>
    public ValueTask<CacheResult<ObjectBody?>> GetAsync(
        string key, ObjectRange range, CancellationToken cancellationToken) => TryAsync<ObjectBody?>(
            async () =>
            {
                var request = new GetObjectRequest { BucketName = _options.Bucket, Key = key, ByteRange = Of(range) };
                var response = await _client.GetObjectAsync(request, cancellationToken);
                if (range.Offset == 0 || response.HttpStatusCode == HttpStatusCode.PartialContent)
                {
                    return new S3Body(response);
                }

                response.Dispose();
                return new CacheError(
                    CacheErrorKind.Io, CacheErrorSource.Upstream, $"{Name} does not give parts of objects");
            },
            fault => fault.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable
                ? new EmptyBody()
                : S3Faults.IsMissing(fault) ? (ObjectBody?)null : default(CacheResult<ObjectBody?>?),
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<CacheResult<bool>> ExistsAsync(string key, CancellationToken cancellationToken) =>
        TryAsync<bool>(
            async () =>
            {
                await _client.GetObjectMetadataAsync(_options.Bucket, key, cancellationToken);
                return true;
            },
            fault => S3Faults.IsMissing(fault) ? false : default(CacheResult<bool>?),
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<CacheResult<bool>> PutAsync(
        string key, ObjectContent content, bool ifAbsent, CancellationToken cancellationToken) => TryAsync<bool>(
            async () => await _writer.PutAsync(key, content, ifAbsent, cancellationToken),
            fault => S3Faults.IsThere(fault) ? false : default(CacheResult<bool>?),
            cancellationToken);

    /// <summary>Removes an object; S3 does not tell whether there was one, so the answer is true.</summary>
    public ValueTask<CacheResult<bool>> DeleteAsync(string key, CancellationToken cancellationToken) =>
        TryAsync<bool>(
            async () =>
            {
                await _client.DeleteObjectAsync(_options.Bucket, key, cancellationToken);
                return true;
            },
            fault => S3Faults.IsMissing(fault) ? false : default(CacheResult<bool>?),
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<CacheResult<ObjectPage>> ListAsync(
        string prefix, string? after, CancellationToken cancellationToken) => TryAsync<ObjectPage>(
            async () =>
            {
                var request = new ListObjectsV2Request
                {
                    BucketName = _options.Bucket,
                    Prefix = prefix,
                    StartAfter = after,
                    MaxKeys = PageSize,
                };
                var response = await _client.ListObjectsV2Async(request, cancellationToken);
                var keys = response.S3Objects?.ConvertAll(entry => entry.Key) ?? [];
                return new ObjectPage(keys, response.IsTruncated != true || keys.Count == 0);
            },
            _ => null,
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    // Also for a whole object: without a range, the SDK takes the ETag for an MD5, computes that of all bytes, and
    // throws where the two differ, or where the ETag is not 32 hex digits.
    private static ByteRange Of(ObjectRange range) => range.Length is { } length
        ? new ByteRange(range.Offset, range.Offset + Math.Max(length, 1) - 1)
        : new ByteRange(string.Create(CultureInfo.InvariantCulture, $"bytes={range.Offset}-"));

    // An answer that is no failure for this kind of request is told by the second function.
    private async ValueTask<CacheResult<T>> TryAsync<T>(
        Func<ValueTask<CacheResult<T>>> work,
        Func<AmazonServiceException, CacheResult<T>?> accept,
        CancellationToken cancellationToken)
    {
        try
        {
            return await work();
        }
        catch (AmazonServiceException answer) when (accept(answer) is not null)
        {
            return accept(answer)!.Value;
        }
        catch (Exception thrown) when (S3Faults.Classify(thrown, Name, cancellationToken) is not null)
        {
            return S3Faults.Classify(thrown, Name, cancellationToken)!;
        }
    }
}
