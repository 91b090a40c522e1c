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
internal sealed class LfuPolicy : TablePolicy
{
    private const int Small = 62;
    private const ulong SmallOnly = 1UL << Small;
    private const int SmallShare = 10;
    private const int ReadsToStay = 2;

    private readonly EntryLists _lists;
    private readonly GhostTable _ghosts = new();
    private readonly long _began;
    private long _smallBytes;

    /// <summary>An empty policy that begins at <paramref name="now"/> (Unix seconds).</summary>
    public LfuPolicy(long now)
    {
        _lists = new EntryLists(Table);
        _began = now;
    }

    public override EvictionPolicyKind Kind => EvictionPolicyKind.Lfu;

    public override void Add(in EvictionEntry entry)
    {
        var index = Table.Find(entry.Key);
        if (index != EntryTable.None)
        {
            Resize(index, entry.Size);
            Touch(entry.Key, entry.LastAccess);
            return;
        }

        index = Table.Insert(entry.Key);
        _ghosts.Fit(Table.Count);
        ref var node = ref Table[index];
        node.SetAccess(entry);
        Table.SetSize(index, entry.Size);
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

    public override bool TryChooseVictim(long now, Func<ulong, bool> mayEvict, out EvictionEntry victim)
    {
        var time = EvictionTime.Compact(now);
        for (var i = 0; i < EvictionLimits.MaxCandidates && Count > 0; i++)
        {
            var index = NextCandidate();
            ref var node = ref Table[index];
            if (i < EvictionLimits.MaxSecondChances && DeservesAnotherRound(ref node, time))
            {
                MoveToMain(index);
                continue;
            }

            victim = Table.Describe(index);
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

    // A read only counts: the hand finds that out when it comes by.
    protected override void Reorder(int index)
    {
    }

    protected override void Forget(int index)
    {
        ref var node = ref Table[index];
        if (node.List == Small)
        {
            _smallBytes -= node.Size;
        }

        _lists.Unlink(index);
        Table.Delete(index);
    }

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
        ref var node = ref Table[index];
        if (node.List == Small)
        {
            _smallBytes -= node.Size;
        }

        _lists.Move(EntryLists.Live, index);
    }

    private void Resize(int index, long size)
    {
        ref var node = ref Table[index];
        if (node.List == Small)
        {
            _smallBytes += size - node.Size;
        }

        Table.SetSize(index, size);
    }
}
