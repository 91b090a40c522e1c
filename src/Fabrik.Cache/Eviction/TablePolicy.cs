namespace Fabrik.Cache.Eviction;

/// <summary>
/// What all policies share: the table of entries, and how one is found, used and removed. A policy adds its order.
/// </summary>
internal abstract class TablePolicy : IEvictionPolicy
{
    private readonly EntryChanges _changes;

    protected TablePolicy() => _changes = new EntryChanges(Table);

    public abstract EvictionPolicyKind Kind { get; }

    public int Count => Table.Count;

    public long Bytes => Table.Bytes;

    /// <summary>The entries; an index into it stays an entry's until <see cref="Forget"/>.</summary>
    protected EntryTable Table { get; } = new();

    public abstract void Add(in EvictionEntry entry);

    public bool Touch(ulong key, long now)
    {
        var index = Table.Find(key);
        if (index == EntryTable.None)
        {
            return false;
        }

        ref var node = ref Table[index];
        node.CountAccess(now);
        Reorder(index);
        _changes.Note(ref node);
        return true;
    }

    public bool Remove(ulong key)
    {
        var index = Table.Find(key);
        if (index == EntryTable.None)
        {
            return false;
        }

        Forget(index);
        return true;
    }

    public abstract bool TryChooseVictim(long now, Func<ulong, bool> mayEvict, out EvictionEntry victim);

    public virtual bool TryChooseExpired(long now, Func<ulong, bool> mayEvict, out EvictionEntry victim)
    {
        victim = default;
        return false;
    }

    public bool TryGet(ulong key, out EvictionEntry entry) => Table.TryDescribe(key, out entry);

    public int TakeChanges(Span<EvictionEntry> destination) => _changes.Take(destination);

    public int Export(ref int cursor, Span<EvictionEntry> destination) => Table.Export(ref cursor, destination);

    /// <summary>Gives an entry that was just used its new place in the order.</summary>
    protected abstract void Reorder(int index);

    /// <summary>Takes an entry out of the order and the table.</summary>
    protected abstract void Forget(int index);
}
