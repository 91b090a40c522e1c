namespace Fabrik.Cache.Resilience.Breaking;

/// <summary>What holds between two changes of a breaker; replaced as a whole.</summary>
internal sealed record BreakerPhase
{
    /// <summary>The state.</summary>
    public required BreakerState State { get; init; }

    /// <summary>Counts the phases.</summary>
    public required int Epoch { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The timestamp until which an open breaker lets nothing pass.</summary>
    public long Until { get; init; }

    /// <summary>
    /// What is answered to those who may not pass: made once, since it is answered very often. Null when closed.
    /// </summary>
    public CacheError? Refusal { get; init; }

    /// <summary>The failure that opened it; null when closed.</summary>
    public CacheError? Reason { get; init; }
}
