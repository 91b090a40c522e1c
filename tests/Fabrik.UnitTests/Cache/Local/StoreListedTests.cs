using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Local;
using Fabrik.Fuzz.Crash;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.UnitTests.Cache.Local;

/// <summary>An entry is listed exactly as long as it is there and says so.</summary>
public sealed class StoreListedTests
{
    private static readonly ListingQuery All = new("all");

    [Fact]
    public async Task Put_OfAListedEntry_ListsWhatStatSays()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await fixture.PutListedAsync("a/ä", "all");
        await fixture.PutAsync("b", [1]);

        var listed = Assert.Single((await fixture.Store.ListAsync(All, default)).Value.Entries);

        var stat = (await fixture.Store.StatAsync(StoreFixture.Id("a/ä"), default)).Value!;
        Assert.Equal(
            (stat.Id, stat.Digest, stat.Size, stat.CreatedAt),
            (listed.Id, listed.Digest, listed.Size, listed.CreatedAt));
        Assert.Equal(("all", "a/ä"), (listed.Metadata.Listing, listed.Metadata.Key));
        Assert.Equal((string[])[], (await fixture.ListAsync(new ListingQuery("al"))).Keys);
    }

    [Theory]
    [InlineData("all", new[] { "a" }, new string[0])]
    [InlineData("other", new string[0], new[] { "a" })]
    [InlineData("", new string[0], new string[0])]
    public async Task Put_OverAListedEntry_ListsItAsItSaysNow(string listing, string[] all, string[] other)
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await fixture.PutListedAsync("a", "all");

        await fixture.PutListedAsync("a", listing, [4, 5]);

        Assert.Equal(all, (await fixture.ListAsync(All)).Keys);
        Assert.Equal(other, (await fixture.ListAsync(new ListingQuery("other"))).Keys);
        await AssertSoundAsync(fixture);
    }

    [Fact]
    public async Task Put_OverAnEntryThatIsNotListed_ListsIt()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await fixture.PutAsync("a", [1, 2, 3]);

        await fixture.PutListedAsync("a", "all");

        Assert.Equal((string[])["a"], (await fixture.ListAsync(All)).Keys);
        await AssertSoundAsync(fixture);
    }

    [Fact]
    public async Task Put_OfTheSameBytes_DescribesAListedEntryAnew()
    {
        var clock = new TestClock();
        await using var fixture = await StoreFixture.OpenAsync(time: clock);
        await fixture.PutListedAsync("a", "all", StoreFixture.Content(1, 200_000));
        clock.Advance(TimeSpan.FromHours(1));
        var options = StoreFixture.ListedOptions("a", "all");
        var metadata = options.Metadata with { Properties = [new("type", "text/css")] };

        await fixture.PutAsync("a", StoreFixture.Content(1, 200_000), options with { Metadata = metadata });
        var kept = await fixture.PutAsync(
            "a", StoreFixture.Content(1, 200_000), StoreFixture.PutOptionsFor("a"));

        var info = Assert.Single((await fixture.Store.ListAsync(All, default)).Value.Entries);
        Assert.Equal(("text/css", clock.GetUtcNow()), (info.Metadata.Find("type"), info.CreatedAt));
        Assert.Equal(PutOutcome.Identical, kept.Value);
        Assert.Equal(StoreFixture.Content(1, 200_000), await fixture.GetAsync("a"));
        await AssertSoundAsync(fixture);
    }

    [Fact]
    public async Task Put_ThatRenewsAListedEntry_KeepsItListed()
    {
        var clock = new TestClock();
        await using var fixture = await StoreFixture.OpenAsync(time: clock);
        var options = StoreFixture.ListedOptions("a", "all") with { Overwrite = false };
        await fixture.PutAsync("a", [1], options with { TimeToLive = TimeSpan.FromMinutes(1) });

        await fixture.PutAsync("a", [1], options with { TimeToLive = TimeSpan.FromMinutes(3) });
        clock.Advance(TimeSpan.FromMinutes(2));
        await fixture.Store.Upkeep.TickAsync(1);

        Assert.Equal((string[])["a"], (await fixture.ListAsync(All)).Keys);
        await AssertSoundAsync(fixture);
    }

    [Fact]
    public async Task Put_WithAKeyThatIsListed_TakesThePlaceOfTheEarlier()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await fixture.PutListedAsync("same", "all");
        await fixture.PutAsync("later", [7], StoreFixture.ListedOptions("same", "all"));

        var listed = Assert.Single((await fixture.Store.ListAsync(All, default)).Value.Entries);
        Assert.Equal(StoreFixture.Id("later"), listed.Id);
        await fixture.Store.DeleteAsync(StoreFixture.Id("same"), default);
        Assert.Equal((string[])["same"], (await fixture.ListAsync(All)).Keys);
        await fixture.Store.DeleteAsync(StoreFixture.Id("later"), default);
        Assert.Equal((string[])[], (await fixture.ListAsync(All)).Keys);
        await AssertSoundAsync(fixture);
    }

    [Fact]
    public async Task Entry_ThatIsDeletedEvictedOrCleared_IsNotListed()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => fixture.PutListedAsync($"k{i:D2}", "all")));
        await fixture.Store.DeleteAsync(StoreFixture.Id("k05"), default);
        Assert.Equal(19, (await fixture.ListAsync(All)).Keys.Length);

        await fixture.Store.EvictAsync(fixture.Store.Statistics.StoredBytes / 2, default);
        var left = (await fixture.ListAsync(All)).Keys;
        Assert.InRange(left.Length, 5, 15);
        Assert.Equal(fixture.Store.Statistics.Entries, left.Length);

        await fixture.Store.ClearAsync(default);
        Assert.Equal((string[])[], (await fixture.ListAsync(All)).Keys);
        Assert.Equal(0, fixture.Store.Statistics.StoredBytes);
        await AssertSoundAsync(fixture);
    }

    [Fact]
    public async Task Entry_ThatExpired_IsNotListedBeforeItIsRemoved()
    {
        var clock = new TestClock();
        await using var fixture = await StoreFixture.OpenAsync(time: clock);
        var options = StoreFixture.ListedOptions("a", "all") with { TimeToLive = TimeSpan.FromMinutes(1) };
        await fixture.PutAsync("a", [1], options);
        await fixture.PutListedAsync("b", "all");
        clock.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal((string[])["b"], (await fixture.ListAsync(All)).Keys);
        await fixture.Store.Upkeep.TickAsync(1);
        await AssertSoundAsync(fixture);
    }

    [Fact]
    public async Task Entry_ThatIsDamaged_IsNotListedOnceItWasRead()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await fixture.PutListedAsync("a", "all", StoreFixture.Content(1, 200_000));
        await fixture.ReopenAsync();
        File.Delete(Assert.Single(fixture.BlobFiles()));

        Assert.Null(await fixture.GetAsync("a"));

        Assert.Equal((string[])[], (await fixture.ListAsync(All)).Keys);
        await AssertSoundAsync(fixture);
    }

    [Fact]
    public async Task Put_ThatFindsNoRoom_LeavesTheListingAlone()
    {
        await using var fixture = await StoreFixture.OpenAsync(
            options => options with { MaxSize = 100_000, InlineLimit = 4096 });
        await fixture.PutListedAsync("a", "all", StoreFixture.Content(1, 2000));
        await fixture.PutListedAsync("b", "all", StoreFixture.Content(2, 2000));

        var put = await fixture.PutAsync(
            "a", StoreFixture.Content(3, 150_000), StoreFixture.ListedOptions("a", "other"));

        Assert.Equal(CacheErrorKind.StorageFull, put.Error!.Kind);
        Assert.Equal((string[])["a", "b"], (await fixture.ListAsync(All)).Keys);
        await AssertSoundAsync(fixture);
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(1025, 10)]
    [InlineData(10, 1025)]
    public async Task Put_WithAKeyOrListingThatDoesNotFit_IsRefused(int keyLength, int listingLength)
    {
        await using var fixture = await StoreFixture.OpenAsync();

        var put = await fixture.PutAsync(
            "a", [1], StoreFixture.ListedOptions(new string('k', keyLength), new string('l', listingLength)));

        Assert.Equal((CacheErrorKind.InvalidRequest, CacheErrorSource.Client), (put.Error!.Kind, put.Error.Source));
    }

    [Fact]
    public async Task Listing_AfterAnyGroupsOfCommands_IsWhatTheEntriesSay()
    {
        await using var fixture = await StoreFixture.OpenAsync(
            options => options with { MaxSize = 60_000, InlineLimit = 4096 });
        var random = new Random(20);
        for (var i = 0; i < 60; i++)
        {
            // Together, so that they meet in one transaction.
            await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => StepAsync(fixture, random.Next())));
            foreach (var listing in (string[])["x", "y"])
            {
                var page = (await fixture.Store.ListAsync(new ListingQuery(listing), default)).Value;
                Assert.Equal(await ScanAsync(fixture.Store, listing), page.Entries.Select(info => info.Id));
            }
        }

        await AssertSoundAsync(fixture);
    }

    private static async Task StepAsync(StoreFixture fixture, int number)
    {
        var random = new Random(number);
        var id = $"id{random.Next(8)}";
        if (random.Next(3) == 0)
        {
            await fixture.Store.DeleteAsync(StoreFixture.Id(id), default);
            return;
        }

        var listing = random.Next(3) switch { 0 => "x", 1 => "y", _ => "" };
        var options = StoreFixture.ListedOptions($"k{random.Next(5)}", listing);
        var bytes = StoreFixture.Content(random.Next(6), random.Next(4) * 5000);
        await fixture.PutAsync(id, bytes, options with { Overwrite = random.Next(4) > 0 });
    }

    private static async Task<List<ArtifactId>> ScanAsync(LocalStore store, string listing)
    {
        var found = new List<ArtifactInfo>();
        await foreach (var info in store.ListAsync(null, default))
        {
            found.Add(info);
        }

        return [.. found
            .Where(info => info.Metadata.Listing == listing)
            .OrderBy(info => info.Metadata.Key, StringComparer.Ordinal)
            .Select(info => info.Id)];
    }

    private static async Task AssertSoundAsync(StoreFixture fixture)
    {
        var report = await fixture.Store.VerifyAsync(null, default);
        Assert.Equal(0, report.Listings);
        await fixture.Store.DisposeAsync();
        Assert.Empty(StoreRecount.Run(fixture.Folder));
    }
}
