namespace Fabrik.Wire.Http.Caching;

/// <summary>What a shared cache may add to what responses say themselves.</summary>
public sealed record CachingOptions
{
    /// <summary>As the RFCs have it, and no more.</summary>
    public static CachingOptions Default { get; } = new();

    /// <summary>
    /// How long a response is fresh that says nothing, and whose age cannot be guessed from <c>Last-Modified</c>. Null:
    /// not at all.
    /// </summary>
    public TimeSpan? DefaultLifetime { get; init; }

    /// <summary>
    /// What a shorter lifetime is raised to, also one that the origin set; <c>no-store</c>, <c>private</c> and
    /// <c>no-cache</c> are heeded all the same.
    /// </summary>
    public TimeSpan MinLifetime { get; init; }

    /// <summary>What a longer lifetime is cut to.</summary>
    public TimeSpan MaxLifetime { get; init; } = TimeSpan.FromDays(10 * 365);

    /// <summary>The part of the time since <c>Last-Modified</c> that is the lifetime: RFC 9111, 4.2.2.</summary>
    /// <remarks>0 never guesses: what says nothing has <see cref="DefaultLifetime"/>.</remarks>
    public double HeuristicFraction { get; init; } = 0.1;

    /// <summary>The longest lifetime that is guessed; a day, as RFC 7234 wanted a warning beyond.</summary>
    public TimeSpan MaxHeuristicLifetime { get; init; } = TimeSpan.FromDays(1);

    /// <summary><c>stale-while-revalidate</c> of a response that has none.</summary>
    public TimeSpan DefaultStaleWhileRevalidate { get; init; }

    /// <summary><c>stale-if-error</c> of a response that has none.</summary>
    public TimeSpan DefaultStaleIfError { get; init; }

    /// <summary>Whether <c>CDN-Cache-Control</c> counts instead of <c>Cache-Control</c>: RFC 9213.</summary>
    public bool HeedTargetedField { get; init; } = true;
}
