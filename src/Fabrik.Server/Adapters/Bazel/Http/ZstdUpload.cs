using System.Globalization;
using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Server.Adapters.Bazel.ByteStream;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Server.Adapters.Bazel.Http;

/// <summary>A body with <c>Content-Encoding: zstd</c>: what it holds is stored, as if it had come like that.</summary>
/// <param name="http">The request.</param>
/// <param name="maxSize">The most bytes that it may hold.</param>
internal sealed class ZstdUpload(HttpRequest http, long maxSize)
{
    /// <summary>Where clients may tell the size of what a body holds.</summary>
    private const string SizeHeader = "X-Digest-SizeBytes";

    /// <summary>Stores what a body holds.</summary>
    /// <param name="body">The frames.</param>
    /// <param name="store">Stores the content, which has this size where that was told.</param>
    public async ValueTask<CacheResult<PutOutcome>> StoreAsync(
        PipeReader body, Func<PipeReader, long?, ValueTask<CacheResult<PutOutcome>>> store)
    {
        if (!TryReadSize(out var size))
        {
            return CacheError.Client(CacheErrorKind.InvalidRequest, $"{SizeHeader} must be one number of bytes");
        }

        if (size > maxSize)
        {
            return CacheError.Client(CacheErrorKind.TooLarge, $"the content has more than {maxSize} bytes");
        }

        await using var decoded = new ZstdBody(body, size ?? maxSize, isLimit: size is null);
        return await decoded.StoreAsync(content => store(content, size));
    }

    private bool TryReadSize(out long? size)
    {
        size = null;
        if (http.Headers[SizeHeader] is not { Count: > 0 } values)
        {
            return true;
        }

        var text = values.ToString();
        var isNumber = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        size = number;
        return isNumber;
    }
}
