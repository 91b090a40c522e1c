using System.Buffers;
using Fabrik.Proxies.Admin;
using Fabrik.Proxies.Fetching;
using Fabrik.Proxies.Origins;
using Fabrik.Proxies.Telemetry;
using Fabrik.Wire.Http;
using Fabrik.Wire.Http.Caching;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Proxies.Serving;

/// <summary>
/// Passes requests on as they are, and answers of the origin as they come: a buffer's worth at a time.
/// </summary>
internal sealed class Forwarder(ProxyServicesState state, ProxyAnswers answers, ProxyMetrics metrics, TimeProvider time)
{
    /// <summary>Asks the origin for this client alone.</summary>
    public async ValueTask ForwardAsync(ProxyRequest request)
    {
        var http = request.Http.Request;
        var sent = await request.Bucket.Origin.SendAsync(
            new OriginRequest
            {
                Method = http.Method,
                Target = request.Key.Target,
                Headers = request.Bucket.AllFieldsOf(http),
                Body = BodyOf(http),
            },
            request.Aborted);
        if (!sent.TryGet(out var response, out var fault))
        {
            metrics.AskedOrigin(request.Bucket.Name, "failed");
            await answers.FaultAsync(request, fault);
            return;
        }

        metrics.AskedOrigin(request.Bucket.Name, "forwarded");
        await LearnAsync(request, response);
        await RelayAsync(request, response);
    }

    /// <summary>Sends an answer of the origin to the client, and disposes of it.</summary>
    public async ValueTask RelayAsync(ProxyRequest request, OriginResponse response)
    {
        await using (response)
        {
            if (request.Bucket.IsS3 && (response.Fault is not null || response.Status is >= 300 and not 304))
            {
                await (response.Fault is { } fault
                    ? answers.FaultAsync(request, fault)
                    : answers.RefusalAsync(request, response.Status));
                return;
            }

            var http = request.Http;
            ResponseFields.Write(http.Response, response.Headers);
            answers.WriteStatus(request, response.Headers.Joined(CacheStatus.FieldName));
            metrics.FirstByte(request.Bucket.Name, request.CacheLabel, time.GetElapsedTime(request.StartedAt));
            if (IsKnownToClient(request, response))
            {
                http.Response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }

            http.Response.StatusCode = response.Status;
            if (response.Status is not (204 or 205 or 304))
            {
                http.Response.ContentLength = response.Length;
            }

            if (!request.IsHead && response.Status is not (204 or 205 or 304))
            {
                await CopyAsync(request, response.Body);
            }
        }
    }

    // A fetch for many leaves out the one client's conditions: they are judged here.
    private static bool IsKnownToClient(ProxyRequest request, OriginResponse response)
    {
        if (response.Status != 200 || !(HttpMethods.IsGet(request.Http.Request.Method) || request.IsHead))
        {
            return false;
        }

        var conditions = new Preconditions
        {
            IfNoneMatch = request.Http.Request.Headers.IfNoneMatch.ToString(),
            IfModifiedSince = request.Http.Request.Headers.IfModifiedSince.ToString(),
        };
        var validators = Validators.Of(response.Headers);
        return conditions.Any && validators.CanValidate
            && conditions.EvaluateRead(
                validators.EntityTag,
                validators.LastModified is null ? DateTimeOffset.MaxValue : validators.Modified)
                == ConditionOutcome.NotModified;
    }

    private async ValueTask CopyAsync(ProxyRequest request, OriginBody body)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FetchLimits.Piece);
        var total = 0L;
        try
        {
            while (true)
            {
                var read = await body.ReadAsync(buffer, request.Aborted);
                if (!read.TryGet(out var count, out var fault))
                {
                    metrics.Faulted(request.Bucket.Name, fault.Kind.ToString());
                    request.Http.Abort();
                    return;
                }

                if (count == 0)
                {
                    return;
                }

                total += count;
                var flushed = await request.Http.Response.BodyWriter.WriteAsync(
                    buffer.AsMemory(0, count), request.Aborted);
                if (flushed.IsCompleted || flushed.IsCanceled)
                {
                    return;
                }
            }
        }
        finally
        {
            metrics.SentBytes(request.Bucket.Name, request.CacheLabel, total);
            Transfer.Add(request.Http, total);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // What passes by may say that what is stored no longer holds: RFC 9111, sections 4.3.5 and 4.4.
    private async ValueTask LearnAsync(ProxyRequest request, OriginResponse response)
    {
        var http = request.Http.Request;
        var target = new RequestTarget(http.Scheme, http.Host.Value ?? "", request.Key.Target);
        foreach (var changed in Invalidation.TargetsOf(http.Method, target, response.Status, response.Headers))
        {
            await InvalidateAsync(request.Key with { Target = changed }, request.Aborted);
        }

        if (request.IsHead && await state.Heads.FindAsync(request.Key, request.Aborted) is { } head
            && head.Select(request.Fields, request.Bucket.Rule) is { } variant)
        {
            var exchange = new OriginExchange
            {
                Method = http.Method,
                RequestHeaders = request.Fields,
                Status = response.Status,
                ResponseHeaders = response.Headers,
                RequestTime = response.RequestedAt,
                ResponseTime = response.ReceivedAt,
            };
            var stored = variant.Under(request.Bucket.Rule);
            switch (Freshening.JudgeHead(stored, exchange))
            {
                case HeadOutcome.Update:
                    var updated = variant.With(Freshening.Update(stored, exchange, request.Bucket.Rule).ToParts());
                    state.Heads.Update(request.Key, now => now?.With(variant.Generation, _ => updated));
                    break;
                case HeadOutcome.Invalidate:
                    await InvalidateAsync(request.Key, request.Aborted);
                    break;
                default:
                    break;
            }
        }
    }

    private async ValueTask InvalidateAsync(Storage.ResourceKey key, CancellationToken cancellationToken)
    {
        if (await state.Heads.FindAsync(key, cancellationToken) is not null)
        {
            state.Heads.Update(key, static head => head?.Invalid());
        }
    }

    private static StreamContent? BodyOf(HttpRequest request)
    {
        if (request.ContentLength is null && request.Headers.TransferEncoding.Count == 0)
        {
            return null;
        }

        var content = new StreamContent(request.Body);
        content.Headers.ContentLength = request.ContentLength;
        return content;
    }
}
