namespace Fabrik.Memcached.Configuration;

/// <summary>Something with a name that requests may be sent to.</summary>
public abstract record BackendOptions
{
    /// <summary>Its name in the configuration.</summary>
    public required string Name { get; init; }
}

/// <summary><c>memcached_pool</c>, and <c>memcached_single</c>: servers, with the keys spread over them.</summary>
public sealed record PoolOptions : BackendOptions
{
    /// <summary>The servers; with <see cref="Discovery"/> those to begin with.</summary>
    public IReadOnlyList<ServerOptions> Servers { get; init; } = [];

    /// <summary>How servers are found; null for those that are named.</summary>
    public DiscoveryOptions? Discovery { get; init; }

    /// <summary>How a key chooses its server.</summary>
    public HashingOptions Hashing { get; init; } = new();

    /// <summary>How servers are spoken to.</summary>
    public ConnectionOptions Connections { get; init; } = new();

    /// <summary>When a server is taken for dead, and what becomes of its keys.</summary>
    public HealthOptions Health { get; init; } = new();
}

/// <summary><c>http</c>: an HTTP server that keeps values under <c>{url}/{key}</c>.</summary>
public sealed record HttpBackendOptions : BackendOptions
{
    /// <summary>What stands before the key.</summary>
    public required Uri Url { get; init; }

    /// <summary>How long a request may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Headers of every request.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } =
        new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Requests at a time; further ones fail at once.</summary>
    public int MaxConcurrent { get; init; } = 256;
}

/// <summary><c>cache</c>: this process's own store and its layers.</summary>
public sealed record CacheBackendOptions : BackendOptions
{
    /// <summary>What keys are kept apart by from those of other tools.</summary>
    public string Namespace { get; init; } = "memcached";
}

/// <summary>A strategy over other backends.</summary>
public sealed record StrategyOptions : BackendOptions
{
    /// <summary>Which one.</summary>
    public required StrategyKind Strategy { get; init; }

    /// <summary>
    /// The backends by name, in order; of <see cref="StrategyKind.WarmFirst"/> the primary and the fallback, of
    /// <see cref="StrategyKind.Shadow"/> the one that answers and then the shadows.
    /// </summary>
    public required IReadOnlyList<string> Backends { get; init; }

    /// <summary>How <see cref="StrategyKind.ConsistentHash"/> spreads keys over backends.</summary>
    public HashingOptions Hashing { get; init; } = new();

    /// <summary>When <see cref="StrategyKind.Replicate"/> answers.</summary>
    public ReplicationMode Replication { get; init; } = ReplicationMode.AllSync;

    /// <summary>Whether <see cref="StrategyKind.Failover"/> asks the next one after a miss too.</summary>
    public bool FailoverOnMiss { get; init; }

    /// <summary>How long what is written elsewhere during a failover lives at most; null as the client says.</summary>
    public TimeSpan? FailoverExpiry { get; init; }

    /// <summary>
    /// How long what <see cref="StrategyKind.WarmFirst"/> refills lives where the rest cannot be told.
    /// </summary>
    public TimeSpan RefillExpiry { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The share of requests, 0 to 1, by key, that a shadow gets.</summary>
    public double ShadowFraction { get; init; } = 1;

    /// <summary>The zone of this proxy, and of each backend in <see cref="Backends"/>.</summary>
    public ZoneOptions? Zones { get; init; }
}

/// <summary>Where this proxy is, and where its backends are.</summary>
/// <param name="Own">The zone of this proxy.</param>
/// <param name="OfBackends">The zone of each backend, in order.</param>
public sealed record ZoneOptions(string Own, IReadOnlyList<string> OfBackends);
