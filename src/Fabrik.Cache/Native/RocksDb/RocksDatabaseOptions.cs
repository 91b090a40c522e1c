namespace Fabrik.Cache.Native.RocksDb;

/// <summary>What a database is opened with.</summary>
internal sealed record RocksDatabaseOptions
{
    /// <summary>Where it lies.</summary>
    public required string Folder { get; init; }

    /// <summary>Its column families; the first is <c>default</c>.</summary>
    public required IReadOnlyList<RocksFamily> Families { get; init; }

    /// <summary>Whether every write waits for the disk.</summary>
    public bool SyncWrites { get; init; }

    /// <summary>Blocks, filters and indexes kept in memory.</summary>
    public long BlockCacheBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>
    /// Files held open: 512 tables of 64 MiB are more than the index of any store that was planned for.
    /// </summary>
    public int MaxOpenFiles { get; init; } = 512;

    /// <summary>Write-ahead log that a crash leaves to be replayed: 64 MiB take about half a second.</summary>
    public long MaxLogBytes { get; init; } = 64 * 1024 * 1024;
}

/// <summary>A column family.</summary>
/// <param name="Name">Its name, persisted.</param>
/// <param name="WriteBufferBytes">What is collected in memory before a table is written.</param>
internal sealed record RocksFamily(string Name, long WriteBufferBytes)
{
    /// <summary>Whether values lie in files of their own, so that merging keys does not copy them.</summary>
    public bool SeparateValues { get; init; }

    /// <summary>
    /// Whether whoever reads a value checks it: then RocksDB does not check it too, which takes half the time of a read
    /// where its library was built without the processor's CRC-32C.
    /// </summary>
    public bool ValuesAreChecked { get; init; }
}
