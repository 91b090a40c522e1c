using Fabrik.Memcached.Servers;
using Microsoft.Extensions.Logging;

namespace Fabrik.Memcached.Health;

/// <summary>What the watch over servers needs.</summary>
internal sealed record HealthServices
{
    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where transitions are told.</summary>
    public required ILogger Log { get; init; }

    /// <summary>
    /// Asks a server whether it is there; null if it is. It ends within the server's time for probes.
    /// </summary>
    public Func<ServerHealth, CancellationToken, Task<ServerFailure?>>? Probe { get; init; }

    /// <summary>Is told of each transition; it is quick, and any thread may call it.</summary>
    public Action<ServerTransition>? Changed { get; init; }

    /// <summary>Spreads probes.</summary>
    public Random Random { get; init; } = Random.Shared;
}
