using Fabrik.Cache.Eviction;
using Xunit;

namespace Fabrik.UnitTests.Cache.Eviction;

public sealed class LfuPolicyTests
{
    private const long Began = 1_000_000_000;
    private const long Day = 86_400;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void HitRatio_ZipfReadsBetweenScans_BeatsLru(int seed)
    {
        var lru = HitRatio(new LruPolicy(Began), seed);
        var lfu = HitRatio(new LfuPolicy(Began), seed);
        Assert.True(lfu > lru + 0.05, $"seed {seed}: lfu {lfu:P1}, lru {lru:P1}");
    }

    [Fact]
    public void TryChooseVictim_OnePassOverColdEntries_LeavesWhatIsRead()
    {
        var policy = new LfuPolicy(Began);
        for (ulong key = 0; key < 100; key++)
        {
            policy.Add(new EvictionEntry(key, 1, Began));
            policy.Touch(key, Began);
            policy.Touch(key, Began);
        }

        for (ulong key = 1000; key < 3000; key++)
        {
            policy.Add(new EvictionEntry(key, 1, Began));
            if (policy.Count > 120)
            {
                Assert.True(policy.TryChooseVictim(Began, _ => true, out var victim));
                Assert.True(victim.Key >= 1000, $"evicted the popular entry {victim.Key}");
            }
        }
    }

    [Fact]
    public void TryChooseVictim_PopularLongAgo_GoesBeforeReadToday()
    {
        var policy = new LfuPolicy(Began);
        policy.Add(new EvictionEntry(1, 1, Began, Frequency: 15));
        policy.Add(new EvictionEntry(2, 1, Began + (10 * Day), Frequency: 1));
        Assert.True(policy.TryChooseVictim(Began + (10 * Day), _ => true, out var victim));
        Assert.Equal(1UL, victim.Key);
    }

    [Fact]
    public void Touch_AfterIdleDays_CountsFromTheDecayedFrequency()
    {
        var policy = new LfuPolicy(Began);
        policy.Add(new EvictionEntry(1, 1, Began, Frequency: 12));
        policy.Touch(1, Began + (2 * Day));
        Assert.True(policy.TryGet(1, out var entry));
        Assert.Equal((12 / 4) + 1, entry.Frequency);
    }

    [Fact]
    public void Add_KeyThatWasEvictedLately_EntersTheMainQueue()
    {
        var policy = new LfuPolicy(Began);
        policy.Add(new EvictionEntry(1, 1, Began));
        Assert.True(policy.TryChooseVictim(Began, _ => true, out _));
        policy.Add(new EvictionEntry(1, 1, Began));
        policy.Add(new EvictionEntry(2, 1, Began));
        Assert.True(policy.TryChooseVictim(Began, _ => true, out var victim));
        Assert.Equal(2UL, victim.Key);
    }

    [Fact]
    public void TryChooseVictim_EverythingPopular_StillEvictsWithinTheLimit()
    {
        var policy = new LfuPolicy(Began);
        for (ulong key = 1; key <= 1000; key++)
        {
            policy.Add(new EvictionEntry(key, 1, Began, EvictionEntry.MaxFrequency));
        }

        var asked = 0;
        Assert.True(policy.TryChooseVictim(Began, _ => ++asked > 0, out _));
        Assert.Equal(1, asked);
        Assert.Equal(999, policy.Count);
    }

    /// <summary>Room for 500, reads by a Zipf law over 5000 keys, and a scan of cold keys now and then.</summary>
    private static double HitRatio(IEvictionPolicy policy, int seed)
    {
        var random = new Random(seed);
        var weights = Enumerable.Range(1, 5000).Select(rank => 1 / Math.Pow(rank, 0.9)).ToArray();
        var sums = new double[weights.Length];
        var sum = 0.0;
        for (var i = 0; i < weights.Length; i++)
        {
            sums[i] = sum += weights[i];
        }

        var hits = 0;
        const int Reads = 60_000;
        var cold = 1_000_000UL;
        for (var i = 0; i < Reads; i++)
        {
            var rank = Array.BinarySearch(sums, random.NextDouble() * sum);
            hits += Access(policy, (ulong)(rank < 0 ? ~rank : rank), Began + (i / 100)) ? 1 : 0;
            for (var scan = 0; i % 3000 == 0 && scan < 1000; scan++)
            {
                Access(policy, cold++, Began + (i / 100));
            }
        }

        return hits / (double)Reads;
    }

    private static bool Access(IEvictionPolicy policy, ulong key, long now)
    {
        if (policy.Touch(key, now))
        {
            return true;
        }

        policy.Add(new EvictionEntry(key, 1, now));
        while (policy.Count > 500)
        {
            Assert.True(policy.TryChooseVictim(now, _ => true, out _));
        }

        return false;
    }
}
