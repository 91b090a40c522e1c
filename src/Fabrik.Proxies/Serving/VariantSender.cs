using Fabrik.Proxies.Admin;
using Fabrik.Proxies.Fetching;
using Fabrik.Proxies.Origins;
using Fabrik.Proxies.Storage;
using Fabrik.Proxies.Telemetry;
using Fabrik.Wire.Http;
using Fabrik.Wire.Http.Caching;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Proxies.Serving;

/// <summary>What became of the wish to send a stored answer.</summary>
internal enum SendOutcome
{
    /// <summary>The client was answered.</summary>
    Sent,

    /// <summary>Nothing was sent: the body is no longer to be had, and the head is gone with it.</summary>
    Gone,

    /// <summary>Nothing was sent: the request has conditions that what is stored does not meet.</summary>
    ForTheOrigin,
}

/// <summary>
/// Sends stored answers: whole, in part, in several parts, only the head, or 304, as the request has it (RFC 9110,
/// sections 13 and 14).
/// </summary>
internal sealed class VariantSender(
    ProxyServicesState state, ProxyAnswers answers, ProxyMetrics metrics, TimeProvider time)
{
    /// <summary>Sends one.</summary>
    /// <param name="request">The request.</param>
    /// <param name="variant">The answer.</param>
    public ValueTask<SendOutcome> SendAsync(ProxyRequest request, StoredVariant variant)
    {
        var stored = variant.Under(request.Bucket.Rule);
        var conditions = request.Conditions;
        return conditions.Count > 0 ? SendAsync(request, variant, stored, conditions)
            : request.IsHead || variant.Size == 0 ? ValueTask.FromResult(SendHead(request, variant, stored))
            : SendOneAsync(request, variant, stored, range: null);
    }

    private async ValueTask<SendOutcome> SendAsync(
        ProxyRequest request, StoredVariant variant, StoredResponse stored, IReadOnlyList<HeaderField> conditions)
    {
        var http = request.Http;
        if (!MeetsStrictConditions(conditions, stored))
        {
            return SendOutcome.ForTheOrigin;
        }

        if (ConditionalAnswer.Evaluate(conditions, stored) == ConditionOutcome.NotModified)
        {
            WriteHead(request, stored, new PreparedHead(304, ConditionalAnswer.NotModifiedHeaders(stored)));
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            First(request);
            return SendOutcome.Sent;
        }

        var (kind, ranges) = RangesOf(request, conditions, variant, stored);
        if (kind == RangeKind.Unsatisfiable)
        {
            answers.WriteStatus(request);
            http.Response.Headers.ContentRange = ContentRange.Unsatisfied(variant.Size ?? 0);
            First(request);
            await ProxyAnswers.SendAsync(
                http, 416, "RangeNotSatisfiable", "the range lies behind the end of the object");
            return SendOutcome.Sent;
        }

        return request.IsHead || variant.Size == 0
            ? SendHead(request, variant, stored)
            : ranges.Count > 1
                ? await SendPartsAsync(request, variant, stored, ranges)
                : await SendOneAsync(request, variant, stored, kind == RangeKind.Part ? ranges[0] : null);
    }

    private static bool MeetsStrictConditions(IReadOnlyList<HeaderField> fields, StoredResponse stored)
    {
        if (!ConditionalAnswer.IsForTheOrigin(fields))
        {
            return true;
        }

        // What is fresh stands for the origin's word, as far as it agrees; whether it fails is the origin's to say.
        var conditions = new Preconditions
        {
            IfMatch = fields.Joined("If-Match"),
            IfUnmodifiedSince = fields.First("If-Unmodified-Since"),
        };
        return stored.Validators is { HasStrongTag: true, EntityTag: { } tag }
            && (!conditions.IfMatch.IsEmpty || stored.Validators.LastModified is not null)
            && conditions.EvaluateRead(tag, stored.Validators.Modified) == ConditionOutcome.Proceed;
    }

    private static (RangeKind Kind, IReadOnlyList<ByteRange> Ranges) RangesOf(
        ProxyRequest request, IReadOnlyList<HeaderField> fields, StoredVariant variant, StoredResponse stored)
    {
        if (request.IsHead || stored.Status != 200 || variant.Size is not { } size
            || fields.First("Range") is not { } header || !ConditionalAnswer.RangeHolds(fields, stored))
        {
            return (RangeKind.Whole, []);
        }

        var kind = ByteRanges.Parse(header, size, out var ranges);
        return (kind, ranges);
    }

    private SendOutcome SendHead(ProxyRequest request, StoredVariant variant, StoredResponse stored)
    {
        WriteHead(request, stored, variant.PreparedUnder(request.Bucket.Rule));
        request.Http.Response.StatusCode = stored.Status;
        if (stored.Status is not (204 or 205 or 304))
        {
            request.Http.Response.ContentLength = variant.Size;
        }

        First(request);
        return SendOutcome.Sent;
    }

    private async ValueTask<SendOutcome> SendOneAsync(
        ProxyRequest request, StoredVariant variant, StoredResponse stored, ByteRange? range)
    {
        await using var reader = new BodyReader(
            state, request, variant, range ?? new ByteRange(0, variant.Size ?? long.MaxValue));
        var first = await reader.NextAsync(request.Aborted);
        if (first.Kind == BodyPieceKind.Broken)
        {
            return Gone(request, variant, first.Fault!);
        }

        var response = request.Http.Response;
        WriteHead(request, stored, variant.PreparedUnder(request.Bucket.Rule));
        response.StatusCode = stored.Status;
        response.ContentLength = variant.Size ?? reader.Size;
        if (range is { } part)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = new ContentRange(part, variant.Size).ToString();
            response.ContentLength = part.Length;
        }

        First(request);
        var (sent, fault) = await PieceSender.SendAsync(request.Http, reader, first);
        Sent(request, sent, fault);
        return SendOutcome.Sent;
    }

    private async ValueTask<SendOutcome> SendPartsAsync(
        ProxyRequest request, StoredVariant variant, StoredResponse stored, IReadOnlyList<ByteRange> ranges)
    {
        var reader = new BodyReader(state, request, variant, ranges[0]);
        try
        {
            // What cannot be had at all is found out before anything is promised.
            var first = await reader.NextAsync(request.Aborted);
            if (first.Kind == BodyPieceKind.Broken)
            {
                return Gone(request, variant, first.Fault!);
            }

            var parts = WritePartsHead(request, variant, stored, ranges);
            var total = 0L;
            for (var i = 0; i < ranges.Count; i++)
            {
                if (i > 0)
                {
                    await reader.DisposeAsync();
                    reader = new BodyReader(state, request, variant, ranges[i]);
                    first = await reader.NextAsync(request.Aborted);
                }

                await WriteAsync(request, parts.HeaderOf(ranges[i]), first);
                var (sent, fault) = await PieceSender.SendAsync(request.Http, reader, first);
                total += sent;
                if (fault is not null || sent < ranges[i].Length)
                {
                    Sent(request, total, fault ?? new OriginFault(OriginFaultKind.Truncated, "a part is short"));
                    return SendOutcome.Sent;
                }
            }

            await request.Http.Response.BodyWriter.WriteAsync(parts.End, request.Aborted);
            Sent(request, total, null);
            return SendOutcome.Sent;
        }
        finally
        {
            await reader.DisposeAsync();
        }
    }

    private static async ValueTask WriteAsync(ProxyRequest request, byte[] header, BodyPiece behind)
    {
        try
        {
            await request.Http.Response.BodyWriter.WriteAsync(header, request.Aborted);
        }
        catch
        {
            await behind.DisposeAsync();
            throw;
        }
    }

    private MultipartRanges WritePartsHead(
        ProxyRequest request, StoredVariant variant, StoredResponse stored, IReadOnlyList<ByteRange> ranges)
    {
        var response = request.Http.Response;
        var parts = new MultipartRanges(stored.Headers.First("Content-Type"), variant.Size!.Value, variant.Generation);
        WriteHead(request, stored, variant.PreparedUnder(request.Bucket.Rule));
        response.StatusCode = StatusCodes.Status206PartialContent;
        response.ContentType = parts.ContentType;
        response.ContentLength = parts.LengthOf(ranges);
        First(request);
        return parts;
    }

    private SendOutcome Gone(ProxyRequest request, StoredVariant variant, OriginFault fault)
    {
        metrics.Faulted(request.Bucket.Name, fault.Kind.ToString());
        if (fault.Kind == OriginFaultKind.Changed)
        {
            state.Heads.Update(request.Key, head => head?.Without(variant.Generation));
        }

        return SendOutcome.Gone;
    }

    private void WriteHead(ProxyRequest request, StoredResponse stored, PreparedHead head) =>
        answers.WriteHead(request, head, stored.Policy.AgeAt(time.GetUtcNow()));

    private void First(ProxyRequest request) => metrics.FirstByte(
        request.Bucket.Name, request.CacheLabel, time.GetElapsedTime(request.StartedAt));

    private void Sent(ProxyRequest request, long count, OriginFault? fault)
    {
        metrics.SentBytes(request.Bucket.Name, request.CacheLabel, count);
        Transfer.Add(request.Http, count);
        if (fault is not null)
        {
            metrics.Faulted(request.Bucket.Name, fault.Kind.ToString());

            // What was sent is right as far as it goes, and must not be taken for all.
            request.Http.Abort();
        }
    }
}
