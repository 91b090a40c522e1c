using Fabrik.Cache.Eviction;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Fabrik.UnitTests.Cache.Eviction;

public sealed class LruPolicyTests
{
    private const long Began = 1_000_000_000;

    [Fact]
    public void TryChooseVictim_AfterAnyOperations_FollowsTheNaiveModel()
    {
        var operation = Gen.Choose(0, 3).SelectMany(_ => Gen.Choose(0, 40), (kind, key) => (kind, key));
        var property = Prop.ForAll(operation.ListOf().ToArbitrary(), Agree);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), property);
    }

    [Fact]
    public void TryChooseVictim_EntriesOfAnEarlierProcess_GoOldestAgeFirst()
    {
        var policy = new LruPolicy(Began);
        long[] ages = [60 * 60, 30 * 86_400, 10 * 60, 7 * 86_400, 86_400];
        foreach (var age in ages)
        {
            policy.Add(new EvictionEntry((ulong)age, 1, Began - age));
        }

        policy.Add(new EvictionEntry(1, 1, Began + 5));
        ulong[] expected = [.. ages.OrderDescending().Select(age => (ulong)age), 1];
        Assert.Equal(expected, Drain(policy));
    }

    [Fact]
    public void Touch_EntryOfAnEarlierProcess_MakesItTheLastToGo()
    {
        var policy = new LruPolicy(Began);
        policy.Add(new EvictionEntry(1, 1, Began - 90 * 86_400));
        policy.Add(new EvictionEntry(2, 1, Began));
        Assert.True(policy.Touch(1, Began + 1));
        Assert.Equal([2UL, 1UL], Drain(policy));
    }

    private static bool Agree(IList<(int Kind, int Key)> operations)
    {
        var policy = new LruPolicy(Began);
        var model = new List<(ulong Key, long Size)>();
        var now = Began;
        foreach (var (kind, number) in operations)
        {
            now++;
            var key = (ulong)number;
            var at = model.FindIndex(entry => entry.Key == key);
            switch (kind)
            {
                case 0:
                    policy.Add(new EvictionEntry(key, now % 100, now));
                    MoveToEnd(model, at, (key, now % 100));
                    break;
                case 1:
                    Assert.Equal(at >= 0, policy.Touch(key, now));
                    MoveToEnd(model, at, at < 0 ? null : model[at]);
                    break;
                case 2:
                    Assert.Equal(at >= 0, policy.Remove(key));
                    MoveToEnd(model, at, null);
                    break;
                default:
                    Assert.Equal(model.Count > 0, policy.TryChooseVictim(now, _ => true, out var victim));
                    Assert.Equal(model.Count > 0 ? model[0].Key : 0, victim.Key);
                    MoveToEnd(model, model.Count > 0 ? 0 : -1, null);
                    break;
            }

            Assert.Equal(model.Count, policy.Count);
            Assert.Equal(model.Sum(entry => entry.Size), policy.Bytes);
        }

        Assert.Equal(model.Select(entry => entry.Key), Drain(policy));
        return true;
    }

    private static void MoveToEnd(List<(ulong Key, long Size)> model, int at, (ulong Key, long Size)? entry)
    {
        if (at >= 0)
        {
            model.RemoveAt(at);
        }

        if (entry is { } present)
        {
            model.Add(present);
        }
    }

    private static List<ulong> Drain(LruPolicy policy)
    {
        var order = new List<ulong>();
        while (policy.TryChooseVictim(Began, _ => true, out var victim))
        {
            order.Add(victim.Key);
        }

        return order;
    }
}
