namespace Fabrik.Memcached.SideEffects.Spool;

/// <summary>How deletes that failed are kept.</summary>
internal sealed record SpoolOptions
{
    /// <summary>The folder of this target alone; it is made where it is not there.</summary>
    public required string Folder { get; init; }

    /// <summary>Keys that may wait to be written; further ones are dropped.</summary>
    public int QueueLimit { get; init; } = 10_000;

    /// <summary>Bytes of all files; beyond it the oldest file goes, with what it has.</summary>
    public long MaxBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// Whether a batch is on the disk, rather than with the operating system, before the next one is taken.
    /// </summary>
    public bool Sync { get; init; } = true;

    /// <summary>How long a target that failed is left alone, at first; each time twice as long.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long it is left alone at most.</summary>
    public TimeSpan MaxRetry { get; init; } = TimeSpan.FromSeconds(60);
}
