using Fabrik.Cache.Resilience.Breaking;

namespace Fabrik.Cache.Resilience;

/// <summary>How an upstream fares, at one moment; for health, the doctor and the admin page.</summary>
public sealed record UpstreamState
{
    /// <summary>The upstream.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it is asked.</summary>
    public required BreakerState Breaker { get; init; }

    /// <summary>Since when the breaker is in that state.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Whether reads pass it by because it is too slow.</summary>
    public required bool IsSkipped { get; init; }

    /// <summary>How long the next answer is expected to take; <see langword="null"/> if unknown.</summary>
    public required TimeSpan? ExpectedLatency { get; init; }

    /// <summary>Bytes per second of a large body; <see langword="null"/> if unknown.</summary>
    public required double? BytesPerSecond { get; init; }

    /// <summary>The last failure; <see langword="null"/> if there was none.</summary>
    public required CacheError? LastError { get; init; }

    /// <summary>When it was.</summary>
    public required DateTimeOffset? LastErrorAt { get; init; }

    /// <summary>Bodies that ended early, had another digest, or were damaged, since the start.</summary>
    public required long IntegrityFailures { get; init; }

    /// <summary>Operations that were given up and have not ended.</summary>
    public required int LeftBehind { get; init; }
}
