using Fabrik.Cache.Local.Commit;
using Xunit;

namespace Fabrik.UnitTests.Cache.Local.Commit;

public sealed class LeaseTableTests
{
    private const long Now = 1_800_000_000;
    private const long Hours = 3 * 3600;

    [Fact]
    public void TryExtend_Free_HoldsUntilItsEnd()
    {
        LeaseTable table = new();

        Assert.True(table.TryExtend(KeyOf(1), Now + Hours, Now));

        Assert.True(table.IsHeld(KeyOf(1), Now + Hours - 1));
        Assert.False(table.IsHeld(KeyOf(1), Now + Hours));
        Assert.False(table.IsHeld(KeyOf(2), Now));
    }

    [Fact]
    public void TryExtend_EarlierEnd_KeepsThePromise()
    {
        LeaseTable table = new();
        table.TryExtend(KeyOf(1), Now + Hours, Now);

        Assert.True(table.TryExtend(KeyOf(1), Now + 10, Now));

        Assert.True(table.IsHeld(KeyOf(1), Now + Hours - 1));
    }

    [Fact]
    public void TryRenew_NotHeld_IsFalse()
    {
        LeaseTable table = new();
        table.TryExtend(KeyOf(1), Now + 10, Now);

        Assert.False(table.TryRenew(KeyOf(2), Now + Hours, Now));
        Assert.False(table.TryRenew(KeyOf(1), Now + Hours, Now + 10));
        Assert.False(table.IsHeld(KeyOf(1), Now + 10));
    }

    [Fact]
    public void TryRenew_Held_Extends()
    {
        LeaseTable table = new();
        table.TryExtend(KeyOf(1), Now + 10, Now);

        Assert.True(table.TryRenew(KeyOf(1), Now + Hours, Now + 9));

        Assert.True(table.IsHeld(KeyOf(1), Now + Hours - 1));
    }

    [Fact]
    public void TryClaim_Promised_IsRefused()
    {
        LeaseTable table = new();
        table.TryExtend(KeyOf(1), Now + 10, Now);

        Assert.False(table.TryClaim(KeyOf(1), Now + 9));
        Assert.True(table.TryClaim(KeyOf(1), Now + 10));
    }

    [Fact]
    public void TryExtend_Leaving_IsRefusedUntilAllHaveLetGo()
    {
        LeaseTable table = new();
        Assert.True(table.TryClaim(KeyOf(1), Now));
        Assert.True(table.TryClaim(KeyOf(1), Now));

        Assert.False(table.TryExtend(KeyOf(1), Now + 10, Now));
        table.Release(KeyOf(1));
        Assert.False(table.TryExtend(KeyOf(1), Now + 10, Now));
        table.Release(KeyOf(1));
        Assert.True(table.TryExtend(KeyOf(1), Now + 10, Now));
    }

    [Fact]
    public void Watch_EvictionUnderWayOrSince_IsNotQuiet()
    {
        LeaseTable table = new();
        var before = table.Watch();
        Assert.True(table.IsQuietSince(before));

        table.TryClaim(KeyOf(1), Now);
        var during = table.Watch();
        table.Release(KeyOf(1));

        Assert.False(table.IsQuietSince(before));
        Assert.False(table.IsQuietSince(during));
        Assert.True(table.IsQuietSince(table.Watch()));
    }

    [Fact]
    public void Watch_RefusedClaim_IsNoEvictionUnderWay()
    {
        LeaseTable table = new();
        table.TryExtend(KeyOf(1), Now + 10, Now);

        table.TryClaim(KeyOf(1), Now);

        Assert.True(table.IsQuietSince(table.Watch()));
    }

    [Fact]
    public void TryExtend_TwoMillion_AllHeldInBoundedMemory()
    {
        const int Count = 2_000_000;
        LeaseTable table = new();
        for (ulong i = 0; i < Count; i++)
        {
            Assert.True(table.TryExtend(KeyOf(i), Now + Hours, Now));
        }

        for (ulong i = 0; i < Count; i++)
        {
            Assert.True(table.IsHeld(KeyOf(i), Now + Hours - 1));
        }

        Assert.InRange(table.Slots, Count, 4 * Count);
    }

    [Fact]
    public void TryExtend_AfterManyHaveEnded_Shrinks()
    {
        LeaseTable table = new();
        for (ulong i = 0; i < 100_000; i++)
        {
            table.TryExtend(KeyOf(i), Now + 10, Now);
        }

        var most = table.Slots;
        for (ulong i = 0; i < 1000; i++)
        {
            Assert.True(table.TryExtend(KeyOf(1_000_000 + i), Now + Hours, Now + 3600));
        }

        Assert.InRange(table.Slots, 1000, most / 10);
        Assert.True(table.IsHeld(KeyOf(1_000_000), Now + Hours - 1));
    }

    [Fact]
    public void TryExtend_BeyondTheLimit_ShortensThenRefusesThenRecovers()
    {
        LeaseTable table = new(maxSlots: 1 << 16);
        var (taken, refused) = (0, 0);
        for (ulong i = 0; i < 200_000; i++)
        {
            _ = table.TryExtend(KeyOf(i), Now + Hours, Now) ? taken++ : refused++;
        }

        Assert.Equal(1 << 16, table.Slots);
        Assert.InRange(taken, 50_000, 1 << 16);
        Assert.True(refused > 0);

        // The earliest promises have their whole time, the latest a part of it, and none less than a sixteenth.
        Assert.True(table.IsHeld(KeyOf(0), Now + Hours - 1));
        Assert.Equal(taken, HeldAt(Now + (Hours / 16) - 1));
        var afterHalf = HeldAt(Now + (Hours / 2));
        Assert.InRange(afterHalf, taken / 2, taken - (taken / 8));

        var later = Now + (Hours / 2);
        var again = 0;
        for (ulong i = 0; i < 10_000; i++)
        {
            again += table.TryExtend(KeyOf(1_000_000 + i), later + Hours, later) ? 1 : 0;
        }

        Assert.Equal(10_000, again);
        Assert.Equal(1 << 16, table.Slots);

        int HeldAt(long moment) =>
            Enumerable.Range(0, 200_000).Count(i => table.IsHeld(KeyOf((ulong)i), moment));
    }

    [Fact]
    public void Table_RandomSteps_AgreesWithAModel()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        Random random = new(seed);
        LeaseTable table = new();
        Dictionary<ulong, long> model = [];
        var now = Now;
        for (var i = 0; i < 200_000; i++)
        {
            now += random.Next(100) == 0 ? 1 : 0;
            var key = KeyOf((ulong)random.Next(5000));
            var until = now + random.Next(1, 200);
            var isHeld = model.TryGetValue(key, out var end) && end > now;
            switch (random.Next(3))
            {
                case 0:
                    Assert.True(table.TryExtend(key, until, now));
                    model[key] = Math.Max(end, until);
                    break;
                case 1:
                    Assert.Equal(isHeld, table.TryRenew(key, until, now));
                    model[key] = isHeld ? Math.Max(end, until) : end;
                    break;
                default:
                    Assert.Equal(isHeld, table.IsHeld(key, now));
                    break;
            }
        }
    }

    [Fact]
    public void Table_ManyThreads_PromiseOrEvictionNeverBoth()
    {
        LeaseTable table = new();
        var both = 0;
        Parallel.For(0, 4, worker =>
        {
            for (ulong i = 0; i < 50_000; i++)
            {
                var key = KeyOf(i % 64);
                if (worker % 2 == 0)
                {
                    table.TryExtend(key, Now + (long)i + 1, Now + (long)i);
                }
                else if (table.TryClaim(key, Now + 50_000))
                {
                    both += table.TryExtend(key, Now + 100_000, Now + 50_000) ? 1 : 0;
                    table.Release(key);
                }
            }
        });

        Assert.Equal(0, both);
        Assert.True(table.IsQuietSince(table.Watch()));
    }

    // Keys are hashes (SplitMix64).
    private static ulong KeyOf(ulong number)
    {
        var value = (number + 1) * 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
