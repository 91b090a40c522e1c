namespace Fabrik.Cache.Resilience.Transfers;

/// <summary>Why a transfer was given up.</summary>
internal enum TransferEnd
{
    /// <summary>Nothing came, or went, for too long.</summary>
    Idle,

    /// <summary>It was slower than the minimal rate.</summary>
    Slow,

    /// <summary>The caller left.</summary>
    Cancelled,

    /// <summary>The guard is being disposed of.</summary>
    Closing,
}
