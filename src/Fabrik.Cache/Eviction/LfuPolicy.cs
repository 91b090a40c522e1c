namespace Fabrik.Cache.Eviction;

/// <summary>
/// Least frequently used, as S3-FIFO (Yang et al., SOSP 2023): a new entry enters a small queue of a tenth of the
/// bytes and leaves the store from there unless it was read twice; otherwise it goes on to the main queue, where each
/// pass of the hand halves its frequency and evicts it at zero. A key that comes back soon after it left (a ghost)
/// enters the main queue at once.
/// </summary>
/// <remarks>
/// Chosen over W-TinyLFU because a read only counts up (no list moves), because it needs no sketch beside the entries,
/// and because what a build writes once and nobody reads, which is most of a build, leaves through the small queue
/// without displacing anything: it resists scans. Frequency also decays with time, by half for each idle
/// <see cref="EvictionLimits.FrequencyHalfLife"/>, reckoned when an entry is looked at: nothing is ever swept.
/// </remarks>
internal sealed class LfuPolicy : IEvictionPolicy
{
    private const int Small = 62;
    private const ulong SmallOnly = 1UL << Small;
    private const int SmallShare = 10;
    private const int ReadsToStay = 2;

    private readonly EntryTable _table = new();
    private readonly EntryLists _lists;
    private readonly EntryChanges _changes;
    private readonly GhostTable _ghosts = new();
    private readonly long _began;
    private long _smallBytes;

    /// <summary>An empty policy that begins at <paramref name="now"/> (Unix seconds).</summary>
    public LfuPolicy(long now)
    {
        _lists = new EntryLists(_table);
        _changes = new EntryChanges(_table);
        _began = now;
    }

    public EvictionPolicyKind Kind => EvictionPolicyKind.Lfu;

    public int Count => _table.Count;

    public long Bytes => _table.Bytes;

    public void Add(in EvictionEntry entry)
    {
        var index = _table.Find(entry.Key);
        if (index != EntryTable.None)
        {
            Resize(index, entry.Size);
            Touch(entry.Key, entry.LastAccess);
            return;
        }

        index = _table.Insert(entry.Key);
        _ghosts.Fit(_table.Count);
        ref var node = ref _table[index];
        node.SetAccess(entry);
        _table.SetSize(index, entry.Size);
        var ageList = EntryLists.AgeList(_began - entry.LastAccess);
        if (ageList != EntryLists.Live || entry.Frequency > 0 || _ghosts.TryTake(entry.Key))
        {
            _lists.Push(ageList, index);
        }
        else
        {
            _lists.Push(Small, index);
            _smallBytes += entry.Size;
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

    public bool TryChooseVictim(long now, Func<ulong, bool> mayEvict, out EvictionEntry victim)
    {
        var time = EvictionTime.Compact(now);
        for (var i = 0; i < EvictionLimits.MaxCandidates && Count > 0; i++)
        {
            var index = NextCandidate();
            ref var node = ref _table[index];
            if (i < EvictionLimits.MaxSecondChances && DeservesAnotherRound(ref node, time))
            {
                MoveToMain(index);
                continue;
            }

            victim = _table.Describe(index);
            if (mayEvict(victim.Key))
            {
                Forget(index);
                _ghosts.Add(victim.Key);
                return true;
            }

            MoveToMain(index);
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

    private int NextCandidate()
    {
        var small = _lists.Oldest(SmallOnly);
        if (small != EntryTable.None && _smallBytes * SmallShare > Bytes)
        {
            return small;
        }

        var main = _lists.Oldest(EntryLists.ByAge);
        return main == EntryTable.None ? small : main;
    }

    /// <summary>
    /// Takes the price of a second chance: all of the frequency to be admitted from the small queue, half of it in the
    /// main queue. The decay since the last access is charged at every look, so idle entries fall faster.
    /// </summary>
    private static bool DeservesAnotherRound(ref EntryNode node, uint now)
    {
        var frequency = node.DecayedFrequency(now);
        var isSmall = node.List == Small;
        node.Frequency = isSmall ? 0 : frequency >> 1;
        return frequency >= (isSmall ? ReadsToStay : 1);
    }

    private void MoveToMain(int index)
    {
        ref var node = ref _table[index];
        if (node.List == Small)
        {
            _smallBytes -= node.Size;
        }

        _lists.Move(EntryLists.Live, index);
    }

    private void Resize(int index, long size)
    {
        ref var node = ref _table[index];
        if (node.List == Small)
        {
            _smallBytes += size - node.Size;
        }

        _table.SetSize(index, size);
    }

    private void Forget(int index)
    {
        ref var node = ref _table[index];
        if (node.List == Small)
        {
            _smallBytes -= node.Size;
        }

        _lists.Unlink(index);
        _table.Delete(index);
    }
}
