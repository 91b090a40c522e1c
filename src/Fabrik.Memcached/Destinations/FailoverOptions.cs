namespace Fabrik.Memcached.Destinations;

/// <summary>How <see cref="Failover"/> goes on.</summary>
internal sealed record FailoverOptions
{
    /// <summary>Whether a retrieval goes on to the next one after "nothing there" too.</summary>
    public bool OnMiss { get; init; }

    /// <summary>
    /// How long what is stored at others than the first one lives there at most, so that it is gone soon after the
    /// first one is back; null as the client says.
    /// </summary>
    public TimeSpan? Expiry { get; init; }
}
