using System.Buffers.Binary;
using System.Net.Http.Headers;
using System.Text;
using Fabrik.Cache;
using Fabrik.Upstreams.Http;
using Fabrik.Upstreams.Objects;

namespace Fabrik.Upstreams.GitHubActions;

/// <summary>
/// As much of Azure Blob Storage as signed URLs of the cache service need: Put Blob, Put Block, Put Block List, and Get
/// Blob with a range. A signed URL is a secret: it is in no message.
/// </summary>
internal sealed class BlobClient(HttpMessageInvoker link, TimeProvider time, int blockSize)
{
    /// <summary>The version of the protocol whose rules hold; the signature may name an older one.</summary>
    private const string Version = "2021-08-06";

    /// <summary>Blocks of one blob (Put Block List, limits).</summary>
    private const int MaxBlocks = 50_000;

    /// <summary>The largest blob that can be uploaded.</summary>
    public long MaxSize => (long)blockSize * MaxBlocks;

    /// <summary>Opens a part.</summary>
    public async ValueTask<BlobRead> GetAsync(Uri url, ObjectRange range, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Get, url);
        request.Headers.Range = HttpRead.Header(range);
        HttpResponseMessage? response = null;
        ObjectBody? opened = null;
        try
        {
            response = await link.SendAsync(request, cancellationToken);
            if ((int)response.StatusCode is 401 or 403)
            {
                return new BlobRead { IsExpired = true };
            }

            if ((int)response.StatusCode is 404 or 410)
            {
                return new BlobRead { IsMissing = true };
            }

            if (await HttpRead.OpenAsync(url.Authority, response, range, 0, cancellationToken) is not { } read)
            {
                return new BlobRead { Error = HttpFailures.Status(url.Authority, "Get Blob", response.StatusCode) };
            }

            return read.TryGet(out opened, out var error)
                ? new BlobRead { Body = opened }
                : new BlobRead { Error = error };
        }
        catch (Exception thrown) when (HttpFailures.IsOfARequest(thrown, cancellationToken))
        {
            return new BlobRead { Error = HttpFailures.Thrown(url.Authority, "Get Blob", thrown) };
        }
        finally
        {
            if (opened is null)
            {
                response?.Dispose();
            }
        }
    }

    /// <summary>
    /// Uploads an object: small ones at once, large ones block after block, streaming either way. Nothing is there
    /// before the last request has succeeded.
    /// </summary>
    public async ValueTask<CacheResult<Unit>> PutAsync(
        Uri url, ObjectContent content, CancellationToken cancellationToken)
    {
        var source = new UploadSource(content, time);
        if (content.Length <= blockSize)
        {
            return await SendAsync("Put Blob", url, source, source.Length, cancellationToken);
        }

        var blocks = new StringBuilder("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>");
        for (var block = 0; source.Remaining > 0; block++)
        {
            var id = BlockId(block);
            blocks.Append("<Latest>").Append(id).Append("</Latest>");
            var target = With(url, $"comp=block&blockid={Uri.EscapeDataString(id)}");
            var size = Math.Min(source.Remaining, blockSize);
            var sent = await SendAsync("Put Block", target, source, size, cancellationToken);
            if (!sent.TryGet(out _, out var error))
            {
                return error;
            }
        }

        using var list = Request(HttpMethod.Put, With(url, "comp=blocklist"));
        list.Content = new StringContent(
            blocks.Append("</BlockList>").ToString(), Encoding.UTF8, new MediaTypeHeaderValue("application/xml"));
        return await SendAsync("Put Block List", list, cancellationToken);
    }

    private static HttpRequestMessage Request(HttpMethod method, Uri url)
    {
        var request = HttpLink.Request(method, url);
        request.Headers.TryAddWithoutValidation("x-ms-version", Version);
        return request;
    }

    // All ids of one blob have the same length, and their order is that of the list.
    private static string BlockId(int block)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, block);
        return Convert.ToBase64String(bytes);
    }

    private static Uri With(Uri url, string query) =>
        new($"{url.AbsoluteUri}{(url.Query.Length > 1 ? "&" : url.Query.Length == 1 ? "" : "?")}{query}");

    private async ValueTask<CacheResult<Unit>> SendAsync(
        string action, Uri url, UploadSource source, long count, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Put, url);
        var content = new UploadContent(source, count);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        request.Content = content;
        if (action == "Put Blob")
        {
            request.Headers.TryAddWithoutValidation("x-ms-blob-type", "BlockBlob");
        }

        var left = source.Remaining - count;
        try
        {
            var sent = await SendAsync(action, request, cancellationToken);
            source.ThrowIfBroken();
            return source.Error ?? (sent.Error is null && source.Remaining != left
                ? HttpFailures.Upstream(
                    CacheErrorKind.Incomplete, $"{url.Authority} answered {action} before all bytes were sent")
                : sent);
        }
        finally
        {
            await content.EndAsync();
        }
    }

    private async ValueTask<CacheResult<Unit>> SendAsync(
        string action, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var name = request.RequestUri?.Authority ?? "";
        try
        {
            using var response = await link.SendAsync(request, cancellationToken);
            return response.IsSuccessStatusCode
                ? default(Unit)
                : HttpFailures.Status(name, action, response.StatusCode);
        }
        catch (Exception thrown) when (HttpFailures.IsOfARequest(thrown, cancellationToken))
        {
            return HttpFailures.Thrown(name, action, thrown);
        }
    }
}

/// <summary>How opening a blob ended; exactly one of the four.</summary>
internal readonly record struct BlobRead
{
    /// <summary>It is open.</summary>
    public ObjectBody? Body { get; init; }

    /// <summary>The signature does not hold, or not any more.</summary>
    public bool IsExpired { get; init; }

    /// <summary>The entry's bytes are gone: it was evicted.</summary>
    public bool IsMissing { get; init; }

    /// <summary>Something else.</summary>
    public CacheError? Error { get; init; }
}
