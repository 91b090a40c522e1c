using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.Loop;

namespace Fabrik.Memcached.Warming;

/// <summary>What copying keys needs of a proxy.</summary>
internal sealed record WarmingParts
{
    /// <summary>The loops, which share the work.</summary>
    public required IReadOnlyList<ILoop> Loops { get; init; }

    /// <summary>A backend on a loop, by name; null if there is none. Called on that loop's thread.</summary>
    public required Func<string, ILoop, Destination?> Find { get; init; }

    /// <summary>A backend as it is configured, with the servers that are known now; null if there is none.</summary>
    public required Func<string, BackendOptions?> Describe { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
