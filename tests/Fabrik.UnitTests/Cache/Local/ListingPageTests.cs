using Fabrik.Cache;
using Fabrik.Cache.Local;
using Fabrik.Cache.Local.Index;
using Fabrik.Cache.Native.RocksDb;
using Fabrik.Fuzz.Crash;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.UnitTests.Cache.Local;

/// <summary>Pages of a listing: where they begin and end, and what disturbs them.</summary>
public sealed class ListingPageTests
{
    private static readonly string[] Keys = ["a", "a/", "a/b", "a/b/c", "a0", "b", "ä", "ä/x", "\uffee", "😀"];

    [Theory]
    [InlineData("", "", false)]
    [InlineData("a", "", false)]
    [InlineData("a/", "", false)]
    [InlineData("", "a/b", false)]
    [InlineData("", "a/b", true)]
    [InlineData("", "a/", true)]
    [InlineData("", "ä", true)]
    [InlineData("", "\uffee", false)]
    [InlineData("", "😀", true)]
    [InlineData("a/", "a", false)]
    [InlineData("b", "a", true)]
    [InlineData("a", "b", false)]
    [InlineData("", "a/a", true)]
    public async Task List_OfAnyPart_IsThatOfTheTierInMemory(string prefix, string after, bool skip)
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await using var memory = new MemoryTier();
        foreach (var key in Keys)
        {
            await fixture.PutListedAsync(key, "all");
            await fixture.PutAsync($"other {key}", [1], StoreFixture.ListedOptions(key, "other"));
            memory.Set(StoreFixture.Id(key), [1, 2, 3], StoreFixture.ListedOptions(key, "all").Metadata);
        }

        for (var limit = 1; limit <= Keys.Length + 1; limit++)
        {
            var query = new ListingQuery("all")
            {
                Prefix = prefix,
                After = after,
                SkipBelowAfter = skip,
                Limit = limit,
            };
            var expected = (await memory.ListAsync(query, default)).Value;
            var (keys, hasMore) = await fixture.ListAsync(query);
            Assert.Equal(expected.Entries.Select(info => info.Metadata.Key), keys, StringComparer.Ordinal);
            Assert.Equal(expected.HasMore, hasMore);
        }
    }

    [Theory]
    [InlineData(1000, 1000)]
    [InlineData(1001, 1000)]
    [InlineData(ListingReader.StepRows, ListingReader.StepRows)]
    [InlineData(ListingReader.StepRows + 1, 100)]
    public async Task List_PageByPage_HasEachKeyOnceAndAnExactEnd(int count, int limit)
    {
        await using var fixture = await OpenWithAsync(count);
        var found = new List<string>();
        var hasMore = true;
        while (hasMore)
        {
            var after = found.Count == 0 ? "" : found[^1];
            (var page, hasMore) = await fixture.ListAsync(new ListingQuery("all") { After = after, Limit = limit });
            Assert.NotEmpty(page);
            found.AddRange(page);
        }

        Assert.Equal(Enumerable.Range(0, count).Select(Key), found, StringComparer.Ordinal);
    }

    [Fact]
    public async Task List_BehindManyExpiredEntries_FindsTheRestAndIsExact()
    {
        var clock = new TestClock();
        await using var fixture = await StoreFixture.OpenAsync(time: clock);
        await Task.WhenAll(Enumerable.Range(0, (2 * ListingReader.StepRows) + 10).Select(i => fixture.PutAsync(
            Key(i), [1], StoreFixture.ListedOptions(Key(i), "all") with { TimeToLive = TimeSpan.FromSeconds(1) })
            .AsTask()));
        await fixture.PutListedAsync("00000", "all");
        await fixture.PutListedAsync("z", "all");
        clock.Advance(TimeSpan.FromSeconds(2));

        var first = await fixture.ListAsync(new ListingQuery("all") { Limit = 1 });
        var second = await fixture.ListAsync(new ListingQuery("all") { Limit = 1, After = "00000" });

        Assert.Equal(("00000", true), (Assert.Single(first.Keys), first.HasMore));
        Assert.Equal(("z", false), (Assert.Single(second.Keys), second.HasMore));
    }

    [Theory]
    [InlineData("all", 0)]
    [InlineData("all", 1001)]
    [InlineData("", 10)]
    public async Task List_WithAQueryThatIsNone_IsRefused(string listing, int limit)
    {
        await using var fixture = await StoreFixture.OpenAsync();

        var page = await fixture.Store.ListAsync(new ListingQuery(listing) { Limit = limit }, default);

        Assert.Equal(CacheErrorKind.InvalidRequest, page.Error!.Kind);
    }

    [Fact]
    public async Task List_OfAClosedStore_SaysSo()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await fixture.Store.DisposeAsync();

        var page = await fixture.Store.ListAsync(new ListingQuery("all"), default);

        Assert.Equal(CacheErrorKind.ShuttingDown, page.Error!.Kind);
    }

    [Fact]
    public async Task Verify_OfRowsAndEntriesThatDisagree_PutsThemRight()
    {
        await using var fixture = await OpenWithAsync(3);
        await fixture.Store.DisposeAsync();
        using (var index = new StoreDatabase(Path.Combine(fixture.Folder, "index"), sync: false))
        using (var batch = new RocksBatch())
        {
            var rows = index.Current.Family(StoreFamilies.Listings);
            batch.Delete(rows, ListingKey.Of("all"u8, Key(0)));
            batch.Put(rows, ListingKey.Of("all"u8, Key(1)), StoreFixture.Id("gone").Bytes);
            batch.Put(rows, ListingKey.Of("all"u8, "x"), StoreFixture.Id(Key(2)).Bytes);
            batch.Put(rows, ListingKey.Of("all"u8, "y"), [1, 2]);
            index.Current.Write(batch);
        }

        await fixture.ReopenAsync();
        Assert.Equal((string[])[Key(2)], (await fixture.ListAsync(new ListingQuery("all"))).Keys);

        var report = await fixture.Store.VerifyAsync(null, default);

        Assert.Equal(4, report.Listings);
        Assert.Equal(
            (string[])[Key(0), Key(1), Key(2)], (await fixture.ListAsync(new ListingQuery("all"))).Keys);
        await fixture.Store.DisposeAsync();
        Assert.Empty(StoreRecount.Run(fixture.Folder));
    }

    [Fact]
    public async Task Verify_OfTwoEntriesWithOneRow_ListsTheOneThatItNames()
    {
        await using var fixture = await OpenWithAsync(1);
        await fixture.Store.DisposeAsync();
        using (var index = new StoreDatabase(Path.Combine(fixture.Folder, "index"), sync: false))
        using (var batch = new RocksBatch())
        {
            var record = index.Current.Get(batch, StoreFamilies.Entries, StoreFixture.Id(Key(0)).Bytes);
            batch.Put(index.Current.Family(StoreFamilies.Entries), StoreFixture.Id("twin").Bytes, record);
            index.Current.Write(batch);
        }

        await fixture.ReopenAsync();

        Assert.Equal(1, (await fixture.Store.VerifyAsync(null, default)).Listings);
        Assert.Equal(0, (await fixture.Store.VerifyAsync(null, default)).Listings);
        var page = (await fixture.Store.ListAsync(new ListingQuery("all"), default)).Value;
        Assert.Equal(StoreFixture.Id(Key(0)), Assert.Single(page.Entries).Id);
        Assert.Equal("", (await fixture.Store.StatAsync(StoreFixture.Id("twin"), default)).Value!.Metadata.Listing);
    }

    private static string Key(int number) => $"k{number:D5}";

    private static async Task<StoreFixture> OpenWithAsync(int count)
    {
        var fixture = await StoreFixture.OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, count).Select(i => fixture.PutListedAsync(Key(i), "all")));
        return fixture;
    }
}
