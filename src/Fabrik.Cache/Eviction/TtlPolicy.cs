namespace Fabrik.Cache.Eviction;

/// <summary>
/// First to expire goes first; equal expiries, and entries that never expire, by their last access. The order is a
/// heap, so it is exact and no clock has to tick.
/// </summary>
internal sealed class TtlPolicy : IEvictionPolicy
{
    private readonly EntryTable _table = new();
    private readonly EntryHeap _heap;
    private readonly EntryChanges _changes;

    public TtlPolicy()
    {
        _heap = new EntryHeap(_table);
        _changes = new EntryChanges(_table);
    }

    public EvictionPolicyKind Kind => EvictionPolicyKind.Ttl;

    public int Count => _table.Count;

    public long Bytes => _table.Bytes;

    public void Add(in EvictionEntry entry)
    {
        var index = _table.Find(entry.Key);
        var isNew = index == EntryTable.None;
        if (isNew)
        {
            index = _table.Insert(entry.Key);
        }

        ref var node = ref _table[index];
        node.HeapExpiry = entry.ExpiresAt == 0 ? EvictionTime.Never : EvictionTime.Compact(entry.ExpiresAt);
        node.SetAccess(entry);
        _table.SetSize(index, entry.Size);
        if (isNew)
        {
            _heap.Add(index);
        }
        else
        {
            _heap.Restore(index);
        }
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
        _heap.Restore(index);
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

        Forget(index);
        return true;
    }

    public bool TryChooseVictim(long now, Func<ulong, bool> mayEvict, out EvictionEntry victim) =>
        TryChoose(now, EvictionTime.Never, mayEvict, out victim);

    public bool TryChooseExpired(long now, Func<ulong, bool> mayEvict, out EvictionEntry victim) =>
        TryChoose(now, Math.Min(EvictionTime.Compact(now), EvictionTime.Never - 1), mayEvict, out victim);

    public bool TryGet(ulong key, out EvictionEntry entry) => _table.TryDescribe(key, out entry);

    public int TakeChanges(Span<EvictionEntry> destination) => _changes.Take(destination);

    public int Export(ref int cursor, Span<EvictionEntry> destination) => _table.Export(ref cursor, destination);

    private bool TryChoose(long now, uint expiredBy, Func<ulong, bool> mayEvict, out EvictionEntry victim)
    {
        var candidates = Math.Min(EvictionLimits.MaxCandidates, Count);
        for (var i = 0; i < candidates && _table[_heap.First].HeapExpiry <= expiredBy; i++)
        {
            var index = _heap.First;
            victim = _table.Describe(index);
            if (mayEvict(victim.Key))
            {
                Forget(index);
                return true;
            }

            SetBack(index, EvictionTime.Compact(now));
        }

        victim = default;
        return false;
    }

    /// <summary>
    /// Asks a refused candidate again later. Only its place in the order changes: when an entry stops being served is
    /// in the index, not here.
    /// </summary>
    private void SetBack(int index, uint now)
    {
        ref var node = ref _table[index];
        if (node.HeapExpiry != EvictionTime.Never)
        {
            var from = (long)Math.Max(node.HeapExpiry, now);
            node.HeapExpiry = EvictionTime.Compact(from + EvictionLimits.RefusalSetback);
        }

        node.LastAccess = Math.Max(node.LastAccess, now);
        _heap.Restore(index);
    }

    private void Forget(int index)
    {
        _heap.Remove(index);
        _table.Delete(index);
    }
}
