using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Eviction;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.UnitTests.Cache.Local;

/// <summary>What the store tells of when and how often its entries were read.</summary>
public sealed class StoreAccessTests
{
    public static TheoryData<EvictionPolicyKind> Policies =>
        [EvictionPolicyKind.Lru, EvictionPolicyKind.Lfu, EvictionPolicyKind.Ttl];

    [Theory]
    [MemberData(nameof(Policies))]
    public async Task Info_OfAnEntryThatWasRead_SaysWhenAndHowOften(EvictionPolicyKind policy)
    {
        var clock = new TestClock();
        await using var fixture = await StoreFixture.OpenAsync(
            options => options with { EvictionPolicy = policy }, clock);
        await fixture.PutAsync("read", [1]);
        await fixture.PutAsync("unread", [2]);
        clock.Advance(TimeSpan.FromHours(1));
        await fixture.GetAsync("read");
        await fixture.GetAsync("read");
        await fixture.Store.Upkeep.TickAsync(1);
        var read = clock.GetUtcNow();
        clock.Advance(TimeSpan.FromHours(1));

        await AssertReadAsync(fixture, "read", read, 2);
        await AssertReadAsync(fixture, "unread", null, 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Info_AfterAReopening_StillSaysWhen(bool isLoaded)
    {
        var clock = new TestClock();
        await using var fixture = await StoreFixture.OpenAsync(time: clock);
        await fixture.PutAsync("read", [1]);
        await fixture.PutAsync("unread", [2]);
        clock.Advance(TimeSpan.FromHours(1));
        await fixture.GetAsync("read");
        var read = clock.GetUtcNow();

        await fixture.ReopenAsync();
        clock.Advance(TimeSpan.FromHours(1));
        if (isLoaded)
        {
            // The first write comes behind the first step of loading, or brings it about.
            await fixture.PutAsync("other", [3]);
        }

        await AssertReadAsync(fixture, "read", read, 1);
        await AssertReadAsync(fixture, "unread", null, 0);
    }

    [Fact]
    public async Task Info_OfAnEntryThatWasOverwritten_ForgetsTheReadsOfTheOldOne()
    {
        var clock = new TestClock();
        await using var fixture = await StoreFixture.OpenAsync(time: clock);
        await fixture.PutAsync("a", [1]);
        clock.Advance(TimeSpan.FromHours(1));
        await fixture.GetAsync("a");
        await fixture.Store.Upkeep.TickAsync(12);

        await fixture.PutAsync("a", [2], StoreFixture.PutOptionsFor("a") with { Overwrite = true });

        await AssertReadAsync(fixture, "a", null, 0);
    }

    [Fact]
    public async Task Verify_OfAStore_IsNoRead()
    {
        var clock = new TestClock();
        await using var fixture = await StoreFixture.OpenAsync(time: clock);
        await fixture.PutAsync("a", [1]);
        await fixture.PutAsync("b", StoreFixture.Content(1, 100_000));
        clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(0, (await fixture.Store.VerifyAsync(null, default)).Damaged);

        await AssertReadAsync(fixture, "a", null, 0);
        await AssertReadAsync(fixture, "b", null, 0);
    }

    [Fact]
    public async Task Info_OfManyEntriesThatWereRead_LosesNoRead()
    {
        const int Count = 600;
        var clock = new TestClock();
        await using var fixture = await StoreFixture.OpenAsync(time: clock);
        await Task.WhenAll(Enumerable.Range(0, Count).Select(i => fixture.PutAsync($"k{i}", [1]).AsTask()));
        clock.Advance(TimeSpan.FromHours(1));
        for (var i = 0; i < Count; i += 2)
        {
            await fixture.GetAsync($"k{i}");
        }

        var listed = new List<ArtifactInfo>();
        await foreach (var info in fixture.Store.ListAsync(null, default))
        {
            listed.Add(info);
        }

        Assert.Equal(Count, listed.Count);
        Assert.All(listed, info => Assert.Equal(
            int.Parse(info.Metadata.Key.AsSpan(1), null) % 2 == 0 ? clock.GetUtcNow() : null, info.LastAccessedAt));
    }

    private static async Task AssertReadAsync(StoreFixture fixture, string key, DateTimeOffset? at, int count)
    {
        var expected = at is { } moment ? (DateTimeOffset?)WholeSeconds(moment) : null;
        var stat = (await fixture.Store.StatAsync(StoreFixture.Id(key), default)).Value;
        Assert.Equal((expected, count), (stat!.LastAccessedAt, stat.AccessCount));
        await foreach (var info in fixture.Store.ListAsync(null, default))
        {
            if (info.Id == stat.Id)
            {
                Assert.Equal(stat.LastAccessedAt, info.LastAccessedAt);
                Assert.Equal(stat.AccessCount, info.AccessCount);
            }
        }
    }

    private static DateTimeOffset WholeSeconds(DateTimeOffset moment) =>
        DateTimeOffset.FromUnixTimeSeconds(moment.ToUnixTimeSeconds());
}
