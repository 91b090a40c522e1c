using Fabrik.Proxies.Fetching;
using Fabrik.Proxies.Origins;
using Fabrik.Proxies.Storage;
using Fabrik.Proxies.Telemetry;
using Fabrik.Wire.Http;
using Fabrik.Wire.Http.Caching;

namespace Fabrik.Proxies.Serving;

/// <summary>
/// Answers GET and HEAD through the cache: (1) the head is looked up; (2) what is stored is judged; (3) it is sent, or
/// the origin is asked, once for all who wait; (4) what came is sent.
/// </summary>
internal sealed class CachedReads(
    ProxyServicesState state, VariantSender sender, Forwarder forwarder, ProxyAnswers answers, ProxyMetrics metrics)
{
    // What was found may be gone when it is read; then the next look finds that out.
    private const int MaxLooks = 3;

    /// <summary>The clock, and how large slices are.</summary>
    public required (TimeProvider Time, int SliceSize) Basis { get; init; }

    /// <summary>Answers a request.</summary>
    public async ValueTask ServeAsync(ProxyRequest request)
    {
        for (var look = 0; look < MaxLooks; look++)
        {
            if (!state.Heads.TryFind(request.Key, out var head))
            {
                head = await state.Heads.FindAsync(request.Key, request.Aborted);
            }

            var variant = head?.Only ?? head?.Select(request.Fields, request.Bucket.Rule);
            if (head is null && state.Fetches.RefusalOf(request.Key) is { } refusal)
            {
                request.Status = new CacheStatus { Forward = ForwardReason.None, Detail = "negative" };
                await answers.RefusalAsync(request, refusal);
                return;
            }

            var decision = Decide(request, head, variant);
            if (decision.Kind == ReuseKind.Unavailable)
            {
                await answers.UnavailableAsync(request);
                return;
            }

            var isDone = decision.IsHit
                ? await HitAsync(request, head!, variant!, decision)
                : await FetchAsync(request, new Found(head, variant, decision), isAlone: look > 0);
            if (isDone)
            {
                return;
            }
        }

        await answers.FaultAsync(
            request, new OriginFault(OriginFaultKind.Changed, "the object changed while it was looked for"));
    }

    private ReuseDecision Decide(ProxyRequest request, StoredHead? head, StoredVariant? variant)
    {
        if (variant is null)
        {
            return Reuse.DecideMiss(request.Directives, hasVariants: head is not null);
        }

        var policy = variant.Under(request.Bucket.Rule).Policy;
        var decision = Reuse.Decide(policy, request.Directives, Basis.Time.GetUtcNow());
        return variant.IsInvalid && decision.IsHit
            ? decision with { Kind = ReuseKind.MustValidate, Reason = ForwardReason.Stale }
            : decision;
    }

    private ValueTask<bool> HitAsync(
        ProxyRequest request, StoredHead head, StoredVariant variant, ReuseDecision decision)
    {
        request.Status = CacheStatus.Of(decision);
        if (decision.Kind == ReuseKind.StaleWhileRevalidate)
        {
            state.Refresh.Begin(Validating(request.Plan(head), variant, request.Bucket.Rule));
        }

        return SendAsync(request, variant);
    }

    private async ValueTask<bool> SendAsync(ProxyRequest request, StoredVariant variant)
    {
        switch (await sender.SendAsync(request, variant))
        {
            case SendOutcome.Sent:
                return true;
            case SendOutcome.ForTheOrigin:
                await BypassAsync(request, ForwardReason.Request);
                return true;
            default:
                return false;
        }
    }

    private async ValueTask BypassAsync(ProxyRequest request, ForwardReason reason)
    {
        request.Status = new CacheStatus { Forward = reason };
        await forwarder.ForwardAsync(request);
    }

    private static FetchPlan Validating(FetchPlan plan, StoredVariant? variant, CachingOptions rule) =>
        variant is not null && variant.Under(rule).Validators.CanValidate
            ? plan with { Validates = variant }
            : plan;

    // Whether the client was answered.
    private async ValueTask<bool> FetchAsync(ProxyRequest request, Found found, bool isAlone)
    {
        if (PlanOf(request, found) is not { } plan)
        {
            await BypassAsync(request, found.Decision.Reason);
            return true;
        }

        var isLeader = true;
        var fetch = isAlone ? state.Fetches.Alone(plan) : state.Fetches.Join(plan, out isLeader);
        try
        {
            var outcome = await fetch.WaitAsync(request.Aborted);
            if (outcome.Kind == FetchKind.Overtaken)
            {
                return false;
            }

            if (isLeader)
            {
                metrics.AskedOrigin(request.Bucket.Name, outcome.Kind.ToString());
            }

            request.Status = new CacheStatus
            {
                Forward = found.Decision.Reason,
                ForwardStatus = outcome.Status,
                Stored = outcome.Kind is FetchKind.Stored or FetchKind.Confirmed && outcome.IsKept,
                Collapsed = !isLeader,
            };
            return outcome.Kind switch
            {
                FetchKind.Failed => await FailAsync(request, found, outcome),
                FetchKind.Unstored => await RelayAsync(request, outcome),
                FetchKind.Refused => await RefuseAsync(request, outcome.Status!.Value),
                _ => (isLeader || MayShare(request, outcome.Variant!)) && await SendAsync(request, outcome.Variant!),
            };
        }
        finally
        {
            await fetch.LeaveAsync();
        }
    }

    // Null where only the client's own request will do.
    private FetchPlan? PlanOf(ProxyRequest request, Found found)
    {
        if (request.Directives.NoStore)
        {
            return null;
        }

        var plan = Validating(request.Plan(found.Head), found.Variant, request.Bucket.Rule);
        if (plan.Validates is not null)
        {
            return plan;
        }

        var range = request.Http.Request.Headers.Range;
        if (!request.Bucket.IsS3)
        {
            return request.IsHead || range.Count > 0 ? null : plan;
        }

        return request.IsHead ? plan with { Method = "HEAD" }
            : range is [{ } header] ? plan with { Slices = SlicesOf(header) }
            : plan;
    }

    /// <summary>
    /// The slices that a range needs; of one that depends on the size the first, which tells the size.
    /// </summary>
    private (long First, long End)? SlicesOf(string header)
    {
        var isOne = ByteRange.Parse(header, long.MaxValue, out var range) == RangeKind.Part
            && !header.Contains("=-", StringComparison.Ordinal);
        if (!isOne)
        {
            return (0, 1);
        }

        var first = range.Offset / Basis.SliceSize;
        var isOpen = range.Length == long.MaxValue - range.Offset;
        return first == 0 && isOpen ? null
            : (first, isOpen ? long.MaxValue : ((range.Offset + range.Length - 1) / Basis.SliceSize) + 1);
    }

    // What came for another client does for this one if it is fresh, and selected by the same headers.
    private bool MayShare(ProxyRequest request, StoredVariant variant)
    {
        var stored = variant.Under(request.Bucket.Rule);
        return stored.Vary.Matches(request.Fields)
            && Reuse.Decide(stored.Policy, request.Directives, Basis.Time.GetUtcNow()).IsHit;
    }

    private async ValueTask<bool> RelayAsync(ProxyRequest request, FetchOutcome outcome)
    {
        if (outcome.TryClaim() is not { } response)
        {
            return false;
        }

        // What was asked for many is another part than the client's own.
        if (response.Status == 206
            || (response.Status == 200 && request.Bucket.IsS3 && request.Http.Request.Headers.Range.Count > 0))
        {
            await response.DisposeAsync();
            await BypassAsync(request, request.Status.Forward);
            return true;
        }

        request.Status = request.Status with { Collapsed = false };
        await forwarder.RelayAsync(request, response);
        return true;
    }

    private async ValueTask<bool> RefuseAsync(ProxyRequest request, int status)
    {
        metrics.FirstByte(
            request.Bucket.Name, request.CacheLabel, Basis.Time.GetElapsedTime(request.StartedAt));
        await answers.RefusalAsync(request, status);
        return true;
    }

    private async ValueTask<bool> FailAsync(ProxyRequest request, Found found, FetchOutcome outcome)
    {
        var fault = outcome.Fault!;
        metrics.Faulted(request.Bucket.Name, fault.Kind.ToString());
        var isFailure = outcome.Status is not { } status || Reuse.IsFailure(status) || status == 429;
        if (found.Variant is { } stale && found.Decision.MayServeOnError && isFailure)
        {
            request.Status = request.Status with
            {
                TimeToLive = found.Decision.TimeToLive.Ticks / TimeSpan.TicksPerSecond,
                Stored = false,
                Detail = "stale-if-error",
            };
            if (await SendAsync(request, stale))
            {
                return true;
            }
        }

        if (!request.Bucket.IsS3 && outcome.Status is not null)
        {
            return await RelayAsync(request, outcome);
        }

        // RFC 9111, section 5.2.2.2: a cache that must not go on without the origin says so.
        var isForbidden = found.Variant?.Under(request.Bucket.Rule).Policy.ForbidsStale is true;
        await answers.FaultAsync(
            request, isForbidden && outcome.Status is null ? fault with { Kind = OriginFaultKind.Timeout } : fault);
        return true;
    }

    private sealed record Found(StoredHead? Head, StoredVariant? Variant, ReuseDecision Decision);
}
