namespace Fabrik.Cache.Eviction;

/// <summary>Least recently used, exactly, among what was used since the policy began; before, by age.</summary>
internal sealed class LruPolicy : IEvictionPolicy
{
    private readonly EntryTable _table = new();
    private readonly EntryLists _lists;
    private readonly EntryChanges _changes;
    private readonly long _began;

    /// <summary>An empty policy that begins at <paramref name="now"/> (Unix seconds).</summary>
    public LruPolicy(long now)
    {
        _lists = new EntryLists(_table);
        _changes = new EntryChanges(_table);
        _began = now;
    }

    public EvictionPolicyKind Kind => EvictionPolicyKind.Lru;

    public int Count => _table.Count;

    public long Bytes => _table.Bytes;

    public void Add(in EvictionEntry entry)
    {
        var index = _table.Find(entry.Key);
        if (index == EntryTable.None)
        {
            index = _table.Insert(entry.Key);
        }
        else
        {
            _lists.Unlink(index);
        }

        ref var node = ref _table[index];
        node.SetAccess(entry);
        _table.SetSize(index, entry.Size);
        _lists.Push(EntryLists.AgeList(_began - entry.LastAccess), index);
    }

    public bool Touch(ulong key, long now)
    {
        var index = _table.Find(key);
        if (index == EntryTable.None)
        {
            return false;
        }

        ref var node = ref _table[index];
        node.CountAccess(now);
        _lists.Move(EntryLists.Live, index);
        _changes.Note(ref node);
        return true;
    }

    public bool Remove(ulong key)
    {
        var index = _table.Find(key);
        if (index == EntryTable.None)
        {
            return false;
        }

        _lists.Unlink(index);
        _table.Delete(index);
        return true;
    }

    public bool TryChooseVictim(long now, Func<ulong, bool> mayEvict, out EvictionEntry victim)
    {
        var candidates = Math.Min(EvictionLimits.MaxCandidates, Count);
        for (var i = 0; i < candidates; i++)
        {
            var index = _lists.Oldest(EntryLists.ByAge);
            victim = _table.Describe(index);
            if (mayEvict(victim.Key))
            {
                _lists.Unlink(index);
                _table.Delete(index);
                return true;
            }

            _lists.Move(EntryLists.Live, index);
        }

        victim = default;
        return false;
    }

    public bool TryChooseExpired(long now, Func<ulong, bool> mayEvict, out EvictionEntry victim)
    {
        victim = default;
        return false;
    }

    public bool TryGet(ulong key, out EvictionEntry entry) => _table.TryDescribe(key, out entry);

    public int TakeChanges(Span<EvictionEntry> destination) => _changes.Take(destination);

    public int Export(ref int cursor, Span<EvictionEntry> destination) => _table.Export(ref cursor, destination);
}
