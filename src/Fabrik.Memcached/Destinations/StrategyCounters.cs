namespace Fabrik.Memcached.Destinations;

/// <summary>
/// What the strategies of one name have done on one loop, through all reloads that had it. The loop counts; others read
/// with <see cref="Volatile"/>.
/// </summary>
internal sealed class StrategyCounters
{
    /// <summary>Requests that came in.</summary>
    public long Requests;

    /// <summary>Times that another child was asked as the one before it failed.</summary>
    public long Failovers;

    /// <summary>Times that another child was asked as the one before it had nothing.</summary>
    public long MissFailovers;

    /// <summary>Failures that were answered, as the command may have been carried out and must not be twice.</summary>
    public long NotRepeatable;

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

    /// <summary>Requests that were sent besides, without anybody waiting for their answers.</summary>
    public SendCounters Copies { get; } = new();
}
