using Microsoft.Extensions.Logging;

namespace Fabrik.Memcached.Discovery;

/// <summary>What the search for servers needs.</summary>
internal sealed record DiscoveryServices
{
    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Asks DNS.</summary>
    public IDnsResolver Resolver { get; init; } = new SystemResolver();

    /// <summary>Where changes are told.</summary>
    public required ILogger Log { get; init; }

    /// <summary>
    /// Is told the name of a pool whose servers are others from now on; not twice at a time, from any thread.
    /// </summary>
    public required Func<string, CancellationToken, Task> Changed { get; init; }
}
