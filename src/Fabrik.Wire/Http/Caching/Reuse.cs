namespace Fabrik.Wire.Http.Caching;

/// <summary>
/// Whether a stored response answers a request: RFC 9111, section 4. Pure, and without allocation: the response was
/// parsed when it was stored.
/// </summary>
public static class Reuse
{
    /// <summary>Decides on the stored response that the request selects.</summary>
    /// <param name="policy">Of the stored response.</param>
    /// <param name="request">What the request asks; <c>default</c> where clients have no say.</param>
    /// <param name="now">The time.</param>
    public static ReuseDecision Decide(ResponsePolicy policy, in RequestDirectives request, DateTimeOffset now)
    {
        var age = policy.AgeAt(now);
        var timeToLive = policy.Lifetime - age;
        var (kind, reason) = Judge(policy, request, age, timeToLive);
        if (request.OnlyIfCached && kind is (ReuseKind.MustValidate or ReuseKind.Forward))
        {
            (kind, reason) = (ReuseKind.Unavailable, ForwardReason.None);
        }

        return new ReuseDecision
        {
            Kind = kind,
            Age = age,
            TimeToLive = timeToLive,
            Reason = reason,
            MayServeOnError = MayServeOnError(policy, request, timeToLive),
        };
    }

    /// <summary>Decides on a request for which nothing is stored that it selects.</summary>
    /// <param name="request">What the request asks.</param>
    /// <param name="hasVariants">Whether something is stored for its target all the same.</param>
    public static ReuseDecision DecideMiss(in RequestDirectives request, bool hasVariants = false) =>
        request.OnlyIfCached
            ? new ReuseDecision { Kind = ReuseKind.Unavailable }
            : new ReuseDecision
            {
                Kind = ReuseKind.Forward,
                Reason = hasVariants ? ForwardReason.VaryMiss : ForwardReason.UriMiss,
            };

    /// <summary>
    /// Whether an answer of the origin counts as a failure for <c>stale-if-error</c>: RFC 5861, section 4.
    /// </summary>
    public static bool IsFailure(int status) => status is 500 or 502 or 503 or 504;

    private static (ReuseKind Kind, ForwardReason Reason) Judge(
        ResponsePolicy policy, in RequestDirectives request, TimeSpan age, TimeSpan timeToLive)
    {
        if (request.NoStore)
        {
            return (ReuseKind.Forward, ForwardReason.Request);
        }

        var isFresh = timeToLive > TimeSpan.Zero;
        if (request.NoCache || age > request.MaxAge || (request.MaxAge == TimeSpan.Zero))
        {
            return (ReuseKind.MustValidate, isFresh ? ForwardReason.Request : ForwardReason.Stale);
        }

        if (policy.AlwaysValidate)
        {
            return (ReuseKind.MustValidate, ForwardReason.Stale);
        }

        if (isFresh)
        {
            return timeToLive < request.MinFresh
                ? (ReuseKind.MustValidate, ForwardReason.Request)
                : (ReuseKind.Fresh, ForwardReason.None);
        }

        if (policy.ForbidsStale || request.MinFresh is not null)
        {
            return (ReuseKind.MustValidate, ForwardReason.Stale);
        }

        return -timeToLive <= request.MaxStale ? (ReuseKind.Stale, ForwardReason.None)
            : -timeToLive < policy.StaleWhileRevalidate ? (ReuseKind.StaleWhileRevalidate, ForwardReason.Stale)
            : (ReuseKind.MustValidate, ForwardReason.Stale);
    }

    /// <summary>A client that asks for the origin's own word gets no other, unless it says so.</summary>
    private static bool MayServeOnError(ResponsePolicy policy, in RequestDirectives request, TimeSpan timeToLive)
    {
        var isReload = request.NoCache || request.NoStore;
        if (policy.AlwaysValidate)
        {
            return false;
        }

        if (timeToLive > TimeSpan.Zero)
        {
            return !isReload || request.StaleIfError is not null;
        }

        var allowed = request.StaleIfError ?? (isReload ? TimeSpan.Zero : policy.StaleIfError);
        return !policy.ForbidsStale && allowed > TimeSpan.Zero && -timeToLive <= allowed;
    }
}
