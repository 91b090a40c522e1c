namespace Fabrik.Cache.Resilience.Transfers;

/// <summary>How slow a transfer may be.</summary>
internal sealed record TransferLimits
{
    /// <summary>The longest time without a byte.</summary>
    public required TimeSpan Idle { get; init; }

    /// <summary>Bytes per second over each <see cref="GuardLimits.RateWindow"/>; 0 for any.</summary>
    public required long MinRate { get; init; }

    /// <summary>Bytes that were moved faster before, and count for later windows.</summary>
    public required long Credit { get; init; }
}
