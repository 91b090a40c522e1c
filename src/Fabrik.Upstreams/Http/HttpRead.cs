using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using Fabrik.Cache;
using Fabrik.Upstreams.Objects;

namespace Fabrik.Upstreams.Http;

/// <summary>
/// Asks for a part of an object and makes a body of the answer (RFC 9110, 14). The same for every server that speaks
/// of ranges.
/// </summary>
internal static class HttpRead
{
    private const int SkipBuffer = 64 * 1024;

    /// <summary>The header that asks for a part; null for the whole.</summary>
    public static RangeHeaderValue? Header(ObjectRange range) => range switch
    {
        { Offset: 0, Length: null } => null,
        { Length: null } => new RangeHeaderValue(range.Offset, null),
        _ => new RangeHeaderValue(range.Offset, range.Offset + Math.Max(1, range.Length.Value) - 1),
    };

    /// <summary>
    /// The body of an answer with status 200, 206 or 416; it takes the answer over. Null when the status is another.
    /// </summary>
    /// <param name="name">The server, for messages.</param>
    /// <param name="response">The answer.</param>
    /// <param name="range">What was asked for.</param>
    /// <param name="maxSkip">How many bytes may be thrown away to get to the offset.</param>
    /// <param name="cancellationToken">Ends the skipping.</param>
    public static async ValueTask<CacheResult<ObjectBody>?> OpenAsync(
        string name, HttpResponseMessage response, ObjectRange range, long maxSkip, CancellationToken cancellationToken)
    {
        var headers = response.Content.Headers;
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            return new HttpBody(response, Stream.Null, 0);
        }

        if (headers.ContentEncoding.Count > 0 && !headers.ContentEncoding.Contains("identity"))
        {
            return HttpFailures.Upstream(
                CacheErrorKind.Io, $"{name} sends objects encoded, although only plain ones were asked for");
        }

        return response.StatusCode switch
        {
            HttpStatusCode.OK => await OpenWholeAsync(name, response, range, maxSkip, cancellationToken),
            HttpStatusCode.PartialContent => await OpenPartAsync(name, response, range, cancellationToken),
            _ => (CacheResult<ObjectBody>?)null,
        };
    }

    private static async ValueTask<CacheResult<ObjectBody>> OpenPartAsync(
        string name, HttpResponseMessage response, ObjectRange range, CancellationToken cancellationToken)
    {
        var headers = response.Content.Headers;
        if (headers.ContentLength == 0)
        {
            // Behind the end some servers answer with an empty part instead of 416, and name it in their own way.
            return new HttpBody(response, Stream.Null, 0);
        }

        if (headers.ContentRange is not { Unit: "bytes", From: { } from } part || from != range.Offset)
        {
            return HttpFailures.Upstream(
                CacheErrorKind.Io, $"{name} answers with another part than the one from byte {range.Offset} on");
        }

        var length = part.To is { } to ? to - from + 1 : headers.ContentLength;
        if (headers.ContentLength is { } announced && announced != length)
        {
            return HttpFailures.Upstream(
                CacheErrorKind.Io, $"{name} announces {announced} bytes for a part of {length}");
        }

        return new HttpBody(response, await response.Content.ReadAsStreamAsync(cancellationToken), length)
        {
            Tag = StrongTag(response),
        };
    }

    private static async ValueTask<CacheResult<ObjectBody>> OpenWholeAsync(
        string name,
        HttpResponseMessage response,
        ObjectRange range,
        long maxSkip,
        CancellationToken cancellationToken)
    {
        if (range.Offset > maxSkip)
        {
            return HttpFailures.Upstream(
                CacheErrorKind.Io,
                $"{name} cannot deliver a part from byte {range.Offset} on, and at most {maxSkip} bytes are skipped");
        }

        var length = response.Content.Headers.ContentLength;
        var content = await response.Content.ReadAsStreamAsync(cancellationToken);
        var skipped = await SkipAsync(content, range.Offset, cancellationToken);
        return new HttpBody(response, content, length - skipped) { Tag = StrongTag(response) };
    }

    /// <summary>Reads and throws away; less than was asked for at the end of the object.</summary>
    private static async ValueTask<long> SkipAsync(Stream content, long count, CancellationToken cancellationToken)
    {
        if (count == 0)
        {
            return 0;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(SkipBuffer);
        try
        {
            var skipped = 0L;
            while (skipped < count)
            {
                var wanted = buffer.AsMemory(0, (int)Math.Min(buffer.Length, count - skipped));
                var read = await content.ReadAsync(wanted, cancellationToken);
                if (read == 0)
                {
                    break;
                }

                skipped += read;
            }

            return skipped;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static string? StrongTag(HttpResponseMessage response) =>
        response.Headers.ETag is { IsWeak: false } tag ? tag.Tag : null;
}
