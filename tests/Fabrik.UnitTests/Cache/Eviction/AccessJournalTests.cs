using Fabrik.Cache.Eviction;
using Xunit;

namespace Fabrik.UnitTests.Cache.Eviction;

public sealed class AccessJournalTests
{
    private const long Now = 1_000_000_000;

    [Fact]
    public void Drain_NotedReads_TouchesThePolicy()
    {
        var journal = new AccessJournal(rings: 1);
        var policy = new LruPolicy(Now);
        policy.Add(new EvictionEntry(10, 1, Now));
        policy.Add(new EvictionEntry(20, 1, Now));
        Assert.False(journal.Note(10));
        Assert.Equal(1, journal.Drain(policy, Now + 60));
        Assert.Equal(0, journal.Drain(policy, Now + 61));
        Assert.True(policy.TryGet(10, out var entry));
        Assert.Equal((Now + 60, 1), (entry.LastAccess, entry.Frequency));
        Assert.True(policy.TryChooseVictim(Now, _ => true, out var victim));
        Assert.Equal(20UL, victim.Key);
    }

    [Fact]
    public void Note_FullRing_DropsAndAsksForADrain()
    {
        var journal = new AccessJournal(rings: 1);
        for (ulong key = 1; key <= 5000; key++)
        {
            Assert.Equal(key > 512, journal.Note(key));
        }

        Assert.Equal(1024, journal.Drain(new LruPolicy(Now), Now));
        Assert.Equal(5000 - 1024, journal.Dropped);
        Assert.False(journal.Note(1));
    }

    [Fact]
    public async Task Note_FromManyThreadsWhileDraining_LosesOnlyWhatItCounts()
    {
        const int Notes = 20_000;
        const int Writers = 3;
        var journal = new AccessJournal();
        var policy = new LruPolicy(Now);
        var writers = Enumerable.Range(0, Writers).Select(writer => Task.Run(() =>
        {
            for (var i = 0; i < Notes; i++)
            {
                journal.Note((ulong)i);
            }
        })).ToArray();
        var drained = 0L;
        var all = Task.WhenAll(writers);
        while (!all.IsCompleted)
        {
            drained += journal.Drain(policy, Now);
            await Task.Yield();
        }

        await all;
        drained += journal.Drain(policy, Now);
        Assert.InRange(drained, 1024, Writers * Notes);
        Assert.True(drained + journal.Dropped <= Writers * Notes, $"{drained} drained, {journal.Dropped} dropped");
    }

    [Fact]
    public void Note_OnTheHitPath_AllocatesNothing()
    {
        var journal = new AccessJournal(rings: 1);
        journal.Note(1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (ulong key = 1; key <= 2000; key++)
        {
            journal.Note(key);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
