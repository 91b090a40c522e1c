using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Eviction;
using Fabrik.Cache.Local.Index;
using Fabrik.Cache.Native.RocksDb;

namespace Fabrik.Cache.Local.Commit;

/// <summary>
/// Brings the entries of an earlier process into the policy, some at a time, after the store is open: both families are
/// sorted by the same eight bytes, so it is one merge of two walks.
/// </summary>
internal sealed class PolicyLoader : IDisposable
{
    /// <summary>Entries a step: a few milliseconds, for which a writer may have to wait.</summary>
    private const int StepEntries = 2048;

    private readonly RocksIterator _entries;
    private readonly RocksIterator _access;
    private bool _hasEntry;
    private bool _hasAccess;

    public PolicyLoader(RocksDatabase db)
    {
        _entries = db.Iterate(StoreFamilies.Entries);
        _access = db.Iterate(StoreFamilies.Access);
        _hasEntry = _entries.First();
        _hasAccess = _access.First();
    }

    /// <summary>Adds the next entries; false when that was all.</summary>
    public bool LoadSome(IEvictionPolicy policy)
    {
        for (var i = 0; i < StepEntries && _hasEntry; i++, _hasEntry = _entries.Next())
        {
            var id = new ArtifactId(_entries.Key);
            var key = EvictionKey.Of(id);
            if (!policy.TryGet(key, out _) && EntryRecord.TryReadHead(_entries.Value, out var head))
            {
                policy.Add(Describe(id, key, head, _entries.Value.Length));
            }
        }

        return _hasEntry;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _entries.Dispose();
        _access.Dispose();
    }

    private EvictionEntry Describe(ArtifactId id, ulong key, in EntryHead entry, int recordLength)
    {
        var prefix = id.Bytes[..EvictionKey.Length];
        while (_hasAccess && _access.Key.SequenceCompareTo(prefix) < 0)
        {
            _hasAccess = _access.Next();
        }

        var (accessed, frequency) = (entry.CreatedAt / 1000, 0);
        if (_hasAccess && _access.Key.SequenceEqual(prefix))
        {
            var access = AccessRecord.Read(_access.Value);
            (accessed, frequency) = (Math.Max(accessed, access.LastAccess), access.Frequency);
        }

        var size = entry.Place.StoredSize + ArtifactId.Length + recordLength;
        return new EvictionEntry(key, size, accessed, frequency, entry.ExpiresAt / 1000);
    }
}
