using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Eviction;
using Fabrik.Cache.Local.Index;
using Fabrik.Cache.Native.RocksDb;

namespace Fabrik.Cache.Local.Commit;

/// <summary>
/// Reads the entries of an earlier process for the policy, some at a time, after the store is open.
/// </summary>
internal sealed class PolicyLoader : IDisposable
{
    /// <summary>Entries a step: a few milliseconds, for which a writer may have to wait.</summary>
    private const int StepEntries = 2048;

    private readonly RocksIterator _entries;
    private readonly AccessWalk _accesses;
    private readonly EvictionEntry[] _step = new EvictionEntry[StepEntries];
    private bool _hasEntry;

    public PolicyLoader(RocksDatabase db)
    {
        _entries = db.Iterate(StoreFamilies.Entries);
        _accesses = new AccessWalk(db);
        _hasEntry = _entries.First();
    }

    /// <summary>Whether all entries have been read.</summary>
    public bool IsDone => !_hasEntry;

    /// <summary>Reads the next entries; what it answers is overwritten by the next call.</summary>
    /// <exception cref="IOException">The index cannot be read.</exception>
    public ReadOnlySpan<EvictionEntry> ReadSome()
    {
        var count = 0;
        for (var i = 0; i < StepEntries && _hasEntry; i++, _hasEntry = _entries.Next())
        {
            if (EntryRecord.TryReadHead(_entries.Value, out var head))
            {
                _step[count++] = Describe(new ArtifactId(_entries.Key), head, EntryRecord.CostOf(_entries.Value));
            }
        }

        return _step.AsSpan(0, count);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _entries.Dispose();
        _accesses.Dispose();
    }

    private EvictionEntry Describe(ArtifactId id, in EntryHead entry, long cost)
    {
        var access = _accesses.Find(id.Bytes[..EvictionKey.Length]);
        var accessed = Math.Max(entry.CreatedAt / 1000, access.LastAccess);
        var size = entry.Place.StoredSize + cost;
        return new EvictionEntry(EvictionKey.Of(id), size, accessed, access.Frequency, entry.ExpiresAt / 1000);
    }
}
