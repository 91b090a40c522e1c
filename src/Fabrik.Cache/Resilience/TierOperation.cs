namespace Fabrik.Cache.Resilience;

/// <summary>What is asked of an upstream; the values index tables of labels.</summary>
internal enum TierOperation
{
    /// <summary>A read, until its answer begins.</summary>
    Get,

    /// <summary>The body of a read.</summary>
    Copy,

    /// <summary>A description.</summary>
    Stat,

    /// <summary>A check of many for existence.</summary>
    Contains,

    /// <summary>A write, until it is acknowledged.</summary>
    Put,

    /// <summary>A removal.</summary>
    Delete,
}
