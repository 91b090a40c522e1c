namespace Fabrik.Memcached.Destinations;

/// <summary>
/// What was sent without anybody waiting for an answer. One loop counts, or all who count do so by
/// <see cref="Interlocked"/>; others read with <see cref="Volatile"/>.
/// </summary>
internal sealed class SendCounters
{
    /// <summary>What went out.</summary>
    public long Sent;

    /// <summary>What did not, as too much was on its way.</summary>
    public long Dropped;

    /// <summary>What went out and failed.</summary>
    public long Failed;
}
