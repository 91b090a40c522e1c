namespace Fabrik.Memcached.Destinations;

/// <summary>
/// What the pools of one name have done on one loop, through all reloads that had it. The loop counts; others read with
/// <see cref="Volatile"/>.
/// </summary>
internal sealed class PoolCounters
{
    /// <summary>Requests that went to the gutter.</summary>
    public long Guttered;

    /// <summary>How often the ring was made anew because a server died or came back.</summary>
    public long Rehashes;
}
