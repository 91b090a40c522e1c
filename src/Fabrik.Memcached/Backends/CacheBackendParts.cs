using Fabrik.Cache;
using Microsoft.Extensions.Logging;

namespace Fabrik.Memcached.Backends;

/// <summary>What a backend over the store is made of.</summary>
internal sealed record CacheBackendParts
{
    /// <summary>Its name in the configuration.</summary>
    public required string Name { get; init; }

    /// <summary>What its keys are kept apart by from those of other tools.</summary>
    public required string Namespace { get; init; }

    /// <summary>The store with its layers.</summary>
    public required ICacheTier Tier { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Where failures of the store are told.</summary>
    public required ILogger Log { get; init; }

    /// <summary>Bytes of a value.</summary>
    public int MaxValueSize { get; init; } = 1024 * 1024;

    /// <summary>Commands that are done or wait; further ones fail at once.</summary>
    public int MaxWaiting { get; init; } = 16 * 1024;

    /// <summary>Commands that are done at a time.</summary>
    public int MaxConcurrent { get; init; } = 128;

    /// <summary>How long a command may take, its waiting included.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);
}
