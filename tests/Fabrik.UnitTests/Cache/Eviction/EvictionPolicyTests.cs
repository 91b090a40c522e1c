using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Eviction;
using Xunit;

namespace Fabrik.UnitTests.Cache.Eviction;

/// <summary>What every policy promises.</summary>
public sealed class EvictionPolicyTests
{
    private const long Now = 1_000_000_000;

    public static TheoryData<EvictionPolicyKind> Kinds => new(Enum.GetValues<EvictionPolicyKind>());

    [Theory]
    [MemberData(nameof(Kinds))]
    public void TryChooseVictim_EverythingRefused_EndsInBoundedSteps(EvictionPolicyKind kind)
    {
        var policy = Filled(kind, 5000);
        var asked = new HashSet<ulong>();
        var questions = 0;
        for (var call = 0; call < 10; call++)
        {
            Assert.False(policy.TryChooseVictim(Now, key => Refuse(key), out _));
        }

        Assert.InRange(questions, 1, 10 * EvictionLimits.MaxCandidates);
        Assert.True(asked.Count > questions / 2, $"{questions} questions about {asked.Count} entries");
        Assert.Equal(5000, policy.Count);

        bool Refuse(ulong key)
        {
            questions++;
            asked.Add(key);
            return false;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void TryChooseVictim_UntilEmpty_ChoosesEachEntryOnce(EvictionPolicyKind kind)
    {
        var policy = Filled(kind, 3000);
        Assert.Equal(Enumerable.Range(1, 3000).Sum(), policy.Bytes);
        var seen = new HashSet<ulong>();
        while (policy.TryChooseVictim(Now, _ => true, out var victim))
        {
            Assert.True(seen.Add(victim.Key));
            Assert.Equal((long)victim.Key, victim.Size);
        }

        Assert.Equal(3000, seen.Count);
        Assert.Equal((0, 0L), (policy.Count, policy.Bytes));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Remove_HalfOfTheEntries_LeavesTheOthersAndTheirBytes(EvictionPolicyKind kind)
    {
        var policy = Filled(kind, 20_000);
        for (ulong key = 2; key <= 20_000; key += 2)
        {
            Assert.True(policy.Remove(key));
            Assert.False(policy.Remove(key));
        }

        for (ulong key = 1; key <= 20_000; key++)
        {
            Assert.Equal(key % 2 == 1, policy.TryGet(key, out _));
        }

        Assert.Equal(10_000, policy.Count);
        Assert.Equal(10_000L * 10_000, policy.Bytes);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Add_KnownEntry_ChangesItsSize(EvictionPolicyKind kind)
    {
        var policy = Filled(kind, 10);
        policy.Add(new EvictionEntry(3, 5_000_000_000_000, Now + 5));
        Assert.True(policy.TryGet(3, out var entry));
        Assert.Equal((5_000_000_000_000, Now + 5), (entry.Size, entry.LastAccess));
        Assert.Equal((10, 55 - 3 + 5_000_000_000_000), (policy.Count, policy.Bytes));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void TakeChanges_TouchedEntries_AreReportedOnceWithTheirState(EvictionPolicyKind kind)
    {
        var policy = Filled(kind, 100);
        policy.Touch(7, Now + 1);
        policy.Touch(7, Now + 2);
        policy.Touch(8, Now + 3);
        policy.Touch(9, Now + 3);
        policy.Remove(8);
        var changes = new EvictionEntry[10];
        Assert.Equal(2, policy.TakeChanges(changes));
        Assert.Equal((7UL, Now + 2, 2), (changes[0].Key, changes[0].LastAccess, changes[0].Frequency));
        Assert.Equal(9UL, changes[1].Key);
        Assert.Equal(0, policy.TakeChanges(changes));
        policy.Touch(9, Now + 4);
        Assert.Equal(1, policy.TakeChanges(changes));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Export_InSteps_DeliversEveryEntry(EvictionPolicyKind kind)
    {
        var policy = Filled(kind, 1000);
        policy.Remove(500);
        var seen = new HashSet<ulong>();
        var buffer = new EvictionEntry[77];
        var cursor = 0;
        int count;
        while ((count = policy.Export(ref cursor, buffer)) > 0)
        {
            seen.UnionWith(buffer.Take(count).Select(entry => entry.Key));
        }

        Assert.Equal(999, seen.Count);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Add_ManyEntries_CostAtMost48BytesEach(EvictionPolicyKind kind)
    {
        // What was allocated, rather than what is alive: other tests run meanwhile, and it is an upper bound.
        const int Count = 1_000_000;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var policy = EvictionPolicies.Create(kind, Now);
        var random = new Random(5);
        for (var i = 0; i < Count; i++)
        {
            policy.Add(new EvictionEntry((ulong)random.NextInt64(), 1000, Now));
        }

        var perEntry = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Count;
        Assert.InRange(perEntry, 32, 48);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Touch_KnownEntries_AllocatesNothing(EvictionPolicyKind kind)
    {
        var policy = Filled(kind, 1000);
        TouchAll(policy, Now + 1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        TouchAll(policy, Now + 2);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void WritePrefix_OfAnIdsKey_IsWhatTheIdStartsWith()
    {
        var id = new ArtifactKey("", "", "gradle", "k").ToId();
        var prefix = new byte[EvictionKey.Length];
        EvictionKey.WritePrefix(EvictionKey.Of(id), prefix);
        Assert.True(id.Bytes.StartsWith(prefix));
    }

    private static void TouchAll(IEvictionPolicy policy, long now)
    {
        for (ulong key = 1; key <= 1000; key++)
        {
            policy.Touch(key, now);
        }
    }

    private static IEvictionPolicy Filled(EvictionPolicyKind kind, int count)
    {
        var policy = EvictionPolicies.Create(kind, Now);
        for (var key = 1; key <= count; key++)
        {
            policy.Add(new EvictionEntry((ulong)key, key, Now, 0, key % 3 == 0 ? 0 : Now + (key % 100)));
        }

        return policy;
    }
}
