namespace Fabrik.Cache.Layers.Writing.Sending;

/// <summary>What is counted of an upstream, since the process started.</summary>
internal enum UploadCount
{
    /// <summary>Artifacts that were stored.</summary>
    Uploaded,

    /// <summary>Their bytes.</summary>
    UploadedBytes,

    /// <summary>Deletions that were carried out.</summary>
    Deleted,

    /// <summary>Artifacts that were there already.</summary>
    AlreadyThere,

    /// <summary>Artifacts in whose place the upstream keeps another.</summary>
    Kept,

    /// <summary>Artifacts that were gone here before they were uploaded.</summary>
    Lost,

    /// <summary>Tries that failed and are repeated.</summary>
    FailedTries,

    /// <summary>Orders that found the queue full.</summary>
    DroppedFull,

    /// <summary>Orders that waited too long.</summary>
    DroppedOld,

    /// <summary>Orders that the upstream will never take.</summary>
    DroppedRefused,

    /// <summary>Orders or artifacts that are damaged.</summary>
    DroppedDamaged,

    /// <summary>Orders that the disk of the queue did not take.</summary>
    DroppedUnwritable,
}

/// <summary>The counters of an upstream.</summary>
internal sealed class UploadCounters
{
    private readonly long[] _values = new long[(int)UploadCount.DroppedUnwritable + 1];

    public long this[UploadCount count] => Volatile.Read(ref _values[(int)count]);

    public void Add(UploadCount count, long value = 1) => Interlocked.Add(ref _values[(int)count], value);
}
