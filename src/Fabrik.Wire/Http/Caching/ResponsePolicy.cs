namespace Fabrik.Wire.Http.Caching;

/// <summary>What was worked out of a response when it was stored, so that reuse is decided without parsing.</summary>
public sealed record ResponsePolicy
{
    /// <summary>How long it is fresh; zero is stale at once.</summary>
    public required TimeSpan Lifetime { get; init; }

    /// <summary>Where <see cref="Lifetime"/> comes from.</summary>
    public required LifetimeSource Source { get; init; }

    /// <summary>Its age at <see cref="ResponseTime"/>.</summary>
    public required TimeSpan InitialAge { get; init; }

    /// <summary>When it came.</summary>
    public required DateTimeOffset ResponseTime { get; init; }

    /// <summary>Whether it is validated each time (<c>no-cache</c>).</summary>
    public bool AlwaysValidate { get; init; }

    /// <summary>Whether it must never be served stale without success at the origin: RFC 9111, section 4.2.4.</summary>
    public bool ForbidsStale { get; init; }

    /// <summary>How long after its lifetime it is served while it is validated: RFC 5861, section 3.</summary>
    public TimeSpan StaleWhileRevalidate { get; init; }

    /// <summary>How long after its lifetime it is served when the origin fails: RFC 5861, section 4.</summary>
    public TimeSpan StaleIfError { get; init; }

    /// <summary>Whether there is any moment at which it can be served without success at the origin.</summary>
    public bool IsEverUsable
    {
        get
        {
            var grace = StaleWhileRevalidate > StaleIfError ? StaleWhileRevalidate : StaleIfError;
            return !AlwaysValidate && Lifetime + grace > InitialAge;
        }
    }

    /// <summary>Works it out.</summary>
    public static ResponsePolicy Of(OriginExchange exchange, ResponseDirectives directives, CachingOptions options)
    {
        var (lifetime, source) = Freshness.LifetimeOf(exchange, directives, options);
        var forbidsStale = directives.ForbidsStale;
        return new ResponsePolicy
        {
            Lifetime = lifetime,
            Source = source,
            InitialAge = Freshness.InitialAgeOf(exchange),
            ResponseTime = exchange.ResponseTime,
            AlwaysValidate = directives.NoCache,
            ForbidsStale = forbidsStale,
            StaleWhileRevalidate = forbidsStale
                ? TimeSpan.Zero
                : directives.StaleWhileRevalidate ?? options.DefaultStaleWhileRevalidate,
            StaleIfError = forbidsStale
                ? TimeSpan.Zero
                : directives.StaleIfError ?? options.DefaultStaleIfError,
        };
    }

    /// <summary>
    /// The current age (RFC 9111, section 4.2.3). A clock that was set back does not make it younger.
    /// </summary>
    public TimeSpan AgeAt(DateTimeOffset now)
    {
        var resident = now - ResponseTime;
        return resident > TimeSpan.Zero ? InitialAge + resident : InitialAge;
    }
}
