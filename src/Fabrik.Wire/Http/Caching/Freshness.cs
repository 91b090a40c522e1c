namespace Fabrik.Wire.Http.Caching;

/// <summary>Where a lifetime comes from, in the order in which they are asked.</summary>
public enum LifetimeSource
{
    /// <summary>There is none: stale at once.</summary>
    None,

    /// <summary><c>s-maxage</c>.</summary>
    SharedMaxAge,

    /// <summary><c>max-age</c>.</summary>
    MaxAge,

    /// <summary><c>Expires</c>.</summary>
    Expires,

    /// <summary>Guessed from <c>Last-Modified</c>.</summary>
    Heuristic,

    /// <summary><see cref="CachingOptions.DefaultLifetime"/>.</summary>
    Default,
}

/// <summary>How long a response is fresh: RFC 9111, section 4.2.</summary>
public static class Freshness
{
    /// <summary>The lifetime (section 4.2.1), within the limits of the options, and where it comes from.</summary>
    public static (TimeSpan Lifetime, LifetimeSource Source) LifetimeOf(
        OriginExchange exchange, ResponseDirectives directives, CachingOptions options)
    {
        var (lifetime, source) = Unlimited(exchange, directives, options);
        lifetime = lifetime < options.MaxLifetime ? lifetime : options.MaxLifetime;
        return (lifetime > options.MinLifetime ? lifetime : options.MinLifetime, source);
    }

    /// <summary>
    /// The age that a response had when it came (section 4.2.3, <c>corrected_initial_age</c>): never negative.
    /// </summary>
    public static TimeSpan InitialAgeOf(OriginExchange exchange)
    {
        var delay = exchange.ResponseTime - exchange.RequestTime;
        var corrected = AgeOf(exchange.ResponseHeaders) + (delay > TimeSpan.Zero ? delay : TimeSpan.Zero);

        // A Date has no fractions: the clock is cut to seconds too, else what has just been made is up to a second old.
        var apparent = DateOf(exchange) is { } date ? Seconds(exchange.ResponseTime) - date : TimeSpan.Zero;
        return apparent > corrected ? apparent : corrected;
    }

    /// <summary>
    /// The value of <c>Age</c> (section 5.1): the first one, when it came several times; nothing for what is no number.
    /// </summary>
    public static TimeSpan AgeOf(IReadOnlyList<HeaderField> headers)
    {
        var value = headers.First("Age").AsSpan();
        var comma = value.IndexOf(',');
        var first = (comma < 0 ? value : value[..comma]).Trim(" \t");
        return DeltaSeconds.TryParse(first, out var age) ? age : TimeSpan.Zero;
    }

    /// <summary>The response's <c>Date</c>, or null when it is absent or not valid.</summary>
    public static DateTimeOffset? DateOf(OriginExchange exchange) =>
        HttpDate.TryParse(exchange.ResponseHeaders.First("Date"), exchange.ResponseTime, out var date) ? date : null;

    private static (TimeSpan Lifetime, LifetimeSource Source) Unlimited(
        OriginExchange exchange, ResponseDirectives directives, CachingOptions options)
    {
        if (directives.SharedMaxAge is { } shared)
        {
            return (shared, LifetimeSource.SharedMaxAge);
        }

        if (directives.MaxAge is { } own)
        {
            return (own, LifetimeSource.MaxAge);
        }

        if (!directives.IsTargeted && exchange.ResponseHeaders.First("Expires") is not null)
        {
            return (UntilExpiry(exchange), LifetimeSource.Expires);
        }

        if (!directives.Public && !StorageRules.IsHeuristicallyCacheable(exchange.Status))
        {
            return (TimeSpan.Zero, LifetimeSource.None);
        }

        return Guess(exchange, options) is { } guess ? (guess, LifetimeSource.Heuristic)
            : options.DefaultLifetime is { } standard ? (standard, LifetimeSource.Default)
            : (TimeSpan.Zero, LifetimeSource.None);
    }

    /// <summary>What is not a date is one in the past (section 5.3), and so are two that differ.</summary>
    private static TimeSpan UntilExpiry(OriginExchange exchange)
    {
        DateTimeOffset? expiry = null;
        foreach (var field in exchange.ResponseHeaders)
        {
            if (!field.Is("Expires"))
            {
                continue;
            }

            if (!HttpDate.TryParse(field.Value, exchange.ResponseTime, out var date) || (expiry ?? date) != date)
            {
                return TimeSpan.Zero;
            }

            expiry = date;
        }

        var lifetime = expiry - (DateOf(exchange) ?? Seconds(exchange.ResponseTime)) ?? TimeSpan.Zero;
        return lifetime > TimeSpan.Zero ? lifetime : TimeSpan.Zero;
    }

    /// <summary>Null when there is nothing to guess from.</summary>
    private static TimeSpan? Guess(OriginExchange exchange, CachingOptions options)
    {
        var value = exchange.ResponseHeaders.First("Last-Modified");
        if (options.HeuristicFraction <= 0 || !HttpDate.TryParse(value, exchange.ResponseTime, out var modified))
        {
            return null;
        }

        var unchanged = (DateOf(exchange) ?? exchange.ResponseTime) - modified;
        if (unchanged <= TimeSpan.Zero)
        {
            return null;
        }

        var guess = unchanged * options.HeuristicFraction;
        return guess < options.MaxHeuristicLifetime ? guess : options.MaxHeuristicLifetime;
    }

    internal static DateTimeOffset Seconds(DateTimeOffset date) => new(
        date.UtcTicks - (date.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
}
