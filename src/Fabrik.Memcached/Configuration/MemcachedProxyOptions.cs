namespace Fabrik.Memcached.Configuration;

/// <summary>
/// A proxy as it is configured: where it listens, what it may send to, and which request goes where. What refers to a
/// name refers to one of <see cref="Backends"/> or <see cref="SideEffects"/>.
/// </summary>
public sealed record MemcachedProxyOptions
{
    /// <summary>Where clients come in.</summary>
    public required IReadOnlyList<ListenerOptions> Listeners { get; init; }

    /// <summary>Servers, pools of them, and strategies that have a name.</summary>
    public required IReadOnlyList<BackendOptions> Backends { get; init; }

    /// <summary>What decides where a request goes: the first one that matches.</summary>
    public required IReadOnlyList<RouteOptions> Routes { get; init; }

    /// <summary>What happens besides.</summary>
    public IReadOnlyList<SideEffectOptions> SideEffects { get; init; } = [];

    /// <summary>Threads, each with clients and connections of its own; at least 1.</summary>
    public int Loops { get; init; } = Environment.ProcessorCount;

    /// <summary>Whether <c>flush_all</c> goes to all servers; otherwise it is refused.</summary>
    public bool AllowFlushAll { get; init; }

    /// <summary>What clients may.</summary>
    public ClientLimits Limits { get; init; } = new();
}
