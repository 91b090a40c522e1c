namespace Fabrik.Cache.Layers;

/// <summary>A tier that can say more of itself than that it answers; for those who look for what is wrong.</summary>
public interface IProbedTier
{
    /// <summary>Asks the other side for its name and clock, with the credentials that requests carry.</summary>
    ValueTask<CacheResult<TierProbe>> ProbeAsync(CancellationToken cancellationToken);
}

/// <summary>What an upstream says of itself.</summary>
public sealed record TierProbe
{
    /// <summary>Its name and version; null where it does not say.</summary>
    public string? Server { get; init; }

    /// <summary>Why it lets nobody with these credentials in; null where it does.</summary>
    public CacheError? Refusal { get; init; }

    /// <summary>Its clock at the time of the answer; null where it does not say.</summary>
    public DateTimeOffset? Clock { get; init; }

    /// <summary>What the credentials allow, in the words of tokens; null where it does not say.</summary>
    public IReadOnlyList<string>? Permissions { get; init; }
}
