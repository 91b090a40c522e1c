namespace Fabrik.Memcached.Destinations;

/// <summary>
/// What a strategy has done since it was made. One thread counts; others read with <c>Volatile.Read</c>.
/// </summary>
internal struct StrategyCounters
{
    /// <summary>Requests that came in.</summary>
    public long Requests;

    /// <summary>Times that another child was asked as the one before it failed.</summary>
    public long Failovers;

    /// <summary>Times that another child was asked as the one before it had nothing.</summary>
    public long MissFailovers;

    /// <summary>Failures that were answered, as the budget for asking others was used up.</summary>
    public long OverBudget;

    /// <summary>Failures that were answered, as the command may have been carried out and must not be twice.</summary>
    public long NotRepeatable;

    /// <summary>Requests that were sent besides, without anybody waiting for their answers.</summary>
    public long Copies;

    /// <summary>Those of them that were not sent, as too many were on their way.</summary>
    public long DroppedCopies;

    /// <summary>Those of them that failed.</summary>
    public long FailedCopies;

    /// <summary>Values that were read at the fallback for the primary.</summary>
    public long Refills;

    /// <summary>
    /// Requests that waited for another one's reading at the fallback, rather than to read there themselves.
    /// </summary>
    public long Collapsed;

    /// <summary>Values that were not refilled: nearly expired, changed meanwhile, or stale.</summary>
    public long SkippedRefills;

    /// <summary>Changes of the primary whose old value could not be taken from the fallback.</summary>
    public long FailedInvalidations;
}
