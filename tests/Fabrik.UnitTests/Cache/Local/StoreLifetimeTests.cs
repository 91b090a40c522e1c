using Fabrik.Cache;
using Fabrik.Cache.Eviction;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.UnitTests.Cache.Local;

/// <summary>Expiry, recency over restarts, and promises.</summary>
public sealed class StoreLifetimeTests
{
    private const int Size = 20_000;

    [Fact]
    public async Task Get_AfterAnEntryExpired_IsAMissAndUpkeepRemovesIt()
    {
        var clock = new TestClock();
        await using var fixture = await StoreFixture.OpenAsync(time: clock);
        var options = StoreFixture.PutOptionsFor("a") with { TimeToLive = TimeSpan.FromMinutes(10) };
        await fixture.PutAsync("a", StoreFixture.Content(1, 100_000), options);
        await fixture.PutAsync("b", [1]);
        clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromMilliseconds(1));
        Assert.NotNull(await fixture.GetAsync("a"));

        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(await fixture.GetAsync("a"));
        Assert.Null((await fixture.Store.StatAsync(StoreFixture.Id("a"), default)).Value);
        Assert.False(await ContainsAsync(fixture, "a"));
        await fixture.Store.Upkeep.TickAsync(1);

        Assert.Equal((1, 1), (fixture.Store.Statistics.Entries, fixture.Store.Statistics.Expirations));
        Assert.Empty(fixture.BlobFiles());
        Assert.NotNull(await fixture.GetAsync("b"));
    }

    [Fact]
    public async Task Upkeep_OfManyExpiredEntries_RemovesAllAtOnce()
    {
        const int Count = 2500;
        var clock = new TestClock();
        await using var fixture = await StoreFixture.OpenAsync(
            options => options with { DefaultTtl = TimeSpan.FromHours(1) }, clock);
        await Task.WhenAll(Enumerable.Range(0, Count).Select(i => fixture.PutAsync($"k{i}", [1, 2, 3]).AsTask()));

        clock.Advance(TimeSpan.FromHours(1));
        await fixture.Store.Upkeep.TickAsync(1);

        Assert.Equal((0, Count), (fixture.Store.Statistics.Entries, fixture.Store.Statistics.Expirations));
        Assert.Equal((0, 0L), (fixture.Store.Statistics.Blobs, fixture.Store.Statistics.StoredBytes));
    }

    [Fact]
    public async Task Put_OfTheSameAgain_LetsItLiveOn()
    {
        var clock = new TestClock();
        await using var fixture = await StoreFixture.OpenAsync(
            options => options with { DefaultTtl = TimeSpan.FromHours(1) }, clock);
        await fixture.PutAsync("a", [1]);
        clock.Advance(TimeSpan.FromMinutes(40));

        Assert.Equal(PutOutcome.Identical, (await fixture.PutAsync("a", [1])).Value);
        clock.Advance(TimeSpan.FromMinutes(40));
        await fixture.Store.Upkeep.TickAsync(1);

        Assert.NotNull(await fixture.GetAsync("a"));
    }

    [Theory]
    [InlineData(EvictionPolicyKind.Lru)]
    [InlineData(EvictionPolicyKind.Lfu)]
    public async Task Reopen_OfAFullStore_StillKnowsWhatWasRead(EvictionPolicyKind policy)
    {
        var clock = new TestClock();
        await using var fixture = await StoreFixture.OpenAsync(
            options => options with { MaxSize = 10 * (Size + 300), EvictionPolicy = policy }, clock);
        for (var i = 0; i < 10; i++)
        {
            await fixture.PutAsync($"k{i}", StoreFixture.Content(i, Size));
        }

        clock.Advance(TimeSpan.FromHours(5));
        for (var i = 0; i < 3; i++)
        {
            Assert.NotNull(await fixture.GetAsync("k0"));
        }

        clock.Advance(TimeSpan.FromHours(1));
        await fixture.ReopenAsync();
        await fixture.PutAsync("new1", StoreFixture.Content(100, Size));
        await fixture.PutAsync("new2", StoreFixture.Content(101, Size));

        Assert.Equal(2, fixture.Store.Statistics.Evictions);
        Assert.NotNull(await fixture.GetAsync("k0"));
    }

    [Fact]
    public async Task Put_IntoAStoreOfPromisedEntries_IsStorageFullUntilTheyRunOut()
    {
        var clock = new TestClock();
        await using var fixture = await StoreFixture.OpenAsync(
            options => options with { MaxSize = 5 * (Size + 300), Lease = TimeSpan.FromHours(3) }, clock);
        for (var i = 0; i < 5; i++)
        {
            await fixture.PutAsync($"k{i}", StoreFixture.Content(i, Size));
            Assert.True(await ContainsAsync(fixture, $"k{i}"));
        }

        var refused = await fixture.PutAsync("new", StoreFixture.Content(9, Size));
        Assert.Equal(CacheErrorKind.StorageFull, refused.Error!.Kind);
        Assert.Equal((0, 0), (fixture.Store.Statistics.Evictions, fixture.Store.Statistics.LeaseViolations));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(fixture.Folder, "tmp")));

        // Asked again halfway, the promises hold from then on.
        clock.Advance(TimeSpan.FromHours(2));
        for (var i = 0; i < 5; i++)
        {
            Assert.True(await ContainsAsync(fixture, $"k{i}"));
        }

        clock.Advance(TimeSpan.FromHours(2));
        refused = await fixture.PutAsync("new", StoreFixture.Content(9, Size));
        Assert.Equal(CacheErrorKind.StorageFull, refused.Error!.Kind);

        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(PutOutcome.Stored, (await fixture.PutAsync("new", StoreFixture.Content(9, Size))).Value);
        Assert.Equal((1, 0), (fixture.Store.Statistics.Evictions, fixture.Store.Statistics.LeaseViolations));
    }

    [Fact]
    public async Task Contains_WhileOthersEvict_NeverBreaksAPromise()
    {
        await using var fixture = await StoreFixture.OpenAsync(options => options with { MaxSize = 400_000 });
        var promised = new List<string>();
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < 400; i++)
            {
                await fixture.PutAsync($"k{i}", StoreFixture.Content(i, Size));
            }
        });
        for (var i = 0; !writing.IsCompleted; i = (i + 37) % 400)
        {
            if (promised.Count < 8 && await ContainsAsync(fixture, $"k{i}"))
            {
                promised.Add($"k{i}");
            }
        }

        await writing;
        foreach (var key in promised)
        {
            Assert.NotNull(await fixture.GetAsync(key));
        }

        Assert.Equal(0, fixture.Store.Statistics.LeaseViolations);
        Assert.True(fixture.Store.Statistics.Evictions > 0);
    }

    [Fact]
    public async Task Put_OfManyAtOnceIntoASmallStore_EvictsWhatTheyAddedThemselves()
    {
        await using var fixture = await StoreFixture.OpenAsync(options => options with { MaxSize = 3 * (Size + 300) });

        var puts = await Task.WhenAll(
            Enumerable.Range(0, 100).Select(i => fixture.PutAsync($"k{i}", StoreFixture.Content(i, Size)).AsTask()));

        Assert.All(puts, put => Assert.Equal(PutOutcome.Stored, put.Value));
        Assert.Equal((3, 97), (fixture.Store.Statistics.Entries, fixture.Store.Statistics.Evictions));
    }

    private static async Task<bool> ContainsAsync(StoreFixture fixture, string key)
    {
        var found = new bool[1];
        var answer = await fixture.Store.ContainsAsync(new[] { StoreFixture.Id(key) }, found, default);
        Assert.Null(answer.Error);
        return found[0];
    }
}
