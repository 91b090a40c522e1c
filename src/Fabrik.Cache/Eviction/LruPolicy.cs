namespace Fabrik.Cache.Eviction;

/// <summary>Least recently used, exactly, among what was used since the policy began; before, by age.</summary>
internal sealed class LruPolicy : TablePolicy
{
    private readonly EntryLists _lists;
    private readonly long _began;

    /// <summary>An empty policy that begins at <paramref name="now"/> (Unix seconds).</summary>
    public LruPolicy(long now)
    {
        _lists = new EntryLists(Table);
        _began = now;
    }

    public override EvictionPolicyKind Kind => EvictionPolicyKind.Lru;

    public override void Add(in EvictionEntry entry)
    {
        var index = Table.Find(entry.Key);
        if (index == EntryTable.None)
        {
            index = Table.Insert(entry.Key);
        }
        else
        {
            _lists.Unlink(index);
        }

        ref var node = ref Table[index];
        node.SetAccess(entry);
        Table.SetSize(index, entry.Size);
        _lists.Push(EntryLists.AgeList(_began - entry.LastAccess), index);
    }

    public override bool TryChooseVictim(long now, Func<ulong, bool> mayEvict, out EvictionEntry victim)
    {
        var candidates = Math.Min(EvictionLimits.MaxCandidates, Count);
        for (var i = 0; i < candidates; i++)
        {
            var index = _lists.Oldest(EntryLists.ByAge);
            victim = Table.Describe(index);
            if (mayEvict(victim.Key))
            {
                Forget(index);
                return true;
            }

            _lists.Move(EntryLists.Live, index);
        }

        victim = default;
        return false;
    }

    protected override void Reorder(int index) => _lists.Move(EntryLists.Live, index);

    protected override void Forget(int index)
    {
        _lists.Unlink(index);
        Table.Delete(index);
    }
}
