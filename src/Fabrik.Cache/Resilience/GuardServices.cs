using Fabrik.Cache.Resilience.Telemetry;
using Microsoft.Extensions.Logging;

namespace Fabrik.Cache.Resilience;

/// <summary>What a <see cref="GuardedTier"/> needs of the process around it.</summary>
/// <param name="Time">The clock for every limit.</param>
/// <param name="Metrics">What the upstreams of this process share.</param>
/// <param name="Logger">Where changes are told.</param>
public sealed record GuardServices(TimeProvider Time, UpstreamMetrics Metrics, ILogger Logger)
{
    /// <summary>Chance for pauses; a seeded one makes a run repeatable.</summary>
    public Random Random { get; init; } = Random.Shared;
}
