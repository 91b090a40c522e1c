namespace Fabrik.Memcached.SideEffects.Spool;

/// <summary>
/// What the spools of one side effect have done, in keys, through all reloads that had it. All count by
/// <see cref="Interlocked"/>; others read with <see cref="Volatile"/>.
/// </summary>
internal sealed class SpoolCounters
{
    /// <summary>What was written.</summary>
    public long Kept;

    /// <summary>What was deleted at the target later.</summary>
    public long Replayed;

    /// <summary>What was lost: too many waited, the files were full, damaged or gone.</summary>
    public long Dropped;

    /// <summary>How often the disk failed; a count of tries, not of keys.</summary>
    public long Faults;
}
