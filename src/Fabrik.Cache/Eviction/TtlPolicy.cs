namespace Fabrik.Cache.Eviction;

/// <summary>
/// First to expire goes first; equal expiries, and entries that never expire, by their last access. The order is a
/// heap, so it is exact and no clock has to tick.
/// </summary>
internal sealed class TtlPolicy : TablePolicy
{
    private readonly EntryHeap _heap;

    public TtlPolicy() => _heap = new EntryHeap(Table);

    public override EvictionPolicyKind Kind => EvictionPolicyKind.Ttl;

    public override void Add(in EvictionEntry entry)
    {
        var index = Table.Find(entry.Key);
        var isNew = index == EntryTable.None;
        if (isNew)
        {
            index = Table.Insert(entry.Key);
        }

        ref var node = ref Table[index];
        node.HeapExpiry = entry.ExpiresAt == 0 ? EvictionTime.Never : EvictionTime.Compact(entry.ExpiresAt);
        node.SetAccess(entry);
        Table.SetSize(index, entry.Size);
        if (isNew)
        {
            _heap.Add(index);
        }
        else
        {
            _heap.Restore(index);
        }
    }

    public override bool TryChooseVictim(long now, Func<ulong, bool> mayEvict, out EvictionEntry victim) =>
        TryChoose(now, EvictionTime.Never, mayEvict, out victim);

    public override bool TryChooseExpired(long now, Func<ulong, bool> mayEvict, out EvictionEntry victim) =>
        TryChoose(now, Math.Min(EvictionTime.Compact(now), EvictionTime.Never - 1), mayEvict, out victim);

    protected override void Reorder(int index) => _heap.Restore(index);

    protected override void Forget(int index)
    {
        _heap.Remove(index);
        Table.Delete(index);
    }

    private bool TryChoose(long now, uint expiredBy, Func<ulong, bool> mayEvict, out EvictionEntry victim)
    {
        var candidates = Math.Min(EvictionLimits.MaxCandidates, Count);
        for (var i = 0; i < candidates && Table[_heap.First].HeapExpiry <= expiredBy; i++)
        {
            var index = _heap.First;
            victim = Table.Describe(index);
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
        ref var node = ref Table[index];
        if (node.HeapExpiry != EvictionTime.Never)
        {
            var from = (long)Math.Max(node.HeapExpiry, now);
            node.HeapExpiry = EvictionTime.Compact(from + EvictionLimits.RefusalSetback);
        }

        node.LastAccess = Math.Max(node.LastAccess, now);
        _heap.Restore(index);
    }
}
