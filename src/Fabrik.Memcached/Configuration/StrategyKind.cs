namespace Fabrik.Memcached.Configuration;

/// <summary>How a request is sent to the backends of a strategy.</summary>
public enum StrategyKind
{
    /// <summary>To the only one.</summary>
    BlindForward,

    /// <summary>To one after the other.</summary>
    RoundRobin,

    /// <summary>To the one that the key belongs to.</summary>
    ConsistentHash,

    /// <summary>To all; the first hit is the answer.</summary>
    Parallel,

    /// <summary>To the primary; after a miss there to the fallback, and its answer into the primary.</summary>
    WarmFirst,

    /// <summary>To the first one that does not fail.</summary>
    Failover,

    /// <summary>Writes to all; reads to the first one that has it.</summary>
    Replicate,

    /// <summary>To the first one; copies to the others, whose answers nobody waits for.</summary>
    Shadow,

    /// <summary>To the one that answered fastest lately.</summary>
    LeastLatency,

    /// <summary>To one in the own zone, to others only where that fails.</summary>
    ZoneAware,
}

/// <summary>When a write to several backends is answered.</summary>
public enum ReplicationMode
{
    /// <summary>When all have answered, with the worst answer.</summary>
    AllSync,

    /// <summary>When more than half have given the same answer.</summary>
    Majority,

    /// <summary>With the first backend's answer; the others are not waited for.</summary>
    AllAsync,
}
