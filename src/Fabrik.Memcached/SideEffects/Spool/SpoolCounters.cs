namespace Fabrik.Memcached.SideEffects.Spool;

/// <summary>What a spool has done since it was opened, in keys.</summary>
/// <param name="Kept">What was written.</param>
/// <param name="Replayed">What was deleted at the target later.</param>
/// <param name="Dropped">What was lost: too many waited, the files were full, or the disk failed.</param>
internal readonly record struct SpoolCounters(long Kept, long Replayed, long Dropped);
