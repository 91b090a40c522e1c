using Fabrik.Cache;
using Fabrik.Cache.Local.Index;
using Fabrik.Cache.Native.RocksDb;
using Xunit;

namespace Fabrik.UnitTests.Cache.Local;

/// <summary>A folder of format 1, which had no listings, is opened and becomes one of format 2.</summary>
public sealed class StoreUpgradeTests
{
    private const int OldFamilies = StoreFamilies.Access + 1;

    [Theory]
    [InlineData("fabrik-store 1\n")]
    [InlineData("fabrik-store 2\n")]
    public async Task Open_OfTheOldLayout_KeepsEverythingAndLists(string format)
    {
        await using var fixture = await OpenOldAsync();

        // Format 2 is what a crash between the two steps of the upgrade leaves.
        await File.WriteAllTextAsync(FormatFile(fixture), format);
        await fixture.ReopenAsync();

        Assert.Equal("fabrik-store 2\n", await File.ReadAllTextAsync(FormatFile(fixture)));
        Assert.Equal([1, 2, 3], await fixture.GetAsync("small"));
        Assert.Equal(StoreFixture.Content(1, 100_000), await fixture.GetAsync("large"));
        Assert.Equal((string[])[], (await fixture.ListAsync(new ListingQuery("all"))).Keys);
        await fixture.PutListedAsync("a", "all");
        await fixture.ReopenAsync();
        Assert.Equal((string[])["a"], (await fixture.ListAsync(new ListingQuery("all"))).Keys);
        Assert.Equal(3, fixture.Store.Statistics.Entries);
    }

    [Fact]
    public async Task Open_ThatUpgrades_MarksTheFolderBeforeItTouchesTheIndex()
    {
        await using var fixture = await OpenOldAsync();
        await File.WriteAllTextAsync(FormatFile(fixture), "fabrik-store 1\n");
        var current = Path.Combine(fixture.Folder, "index", "CURRENT");
        var pointer = await File.ReadAllTextAsync(current);
        await File.WriteAllTextAsync(current, "damaged");

        var opened = await fixture.TryOpenAsync(fixture.Options);

        Assert.NotNull(opened.Error);
        Assert.Equal("fabrik-store 2\n", await File.ReadAllTextAsync(FormatFile(fixture)));
        await File.WriteAllTextAsync(current, pointer);
        await fixture.ReopenAsync();
        Assert.Equal([1, 2, 3], await fixture.GetAsync("small"));
    }

    [Fact]
    public async Task Index_OfTheNewLayout_DoesNotOpenAsTheOld()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await fixture.Store.DisposeAsync();

        Assert.Throws<RocksDbException>(() => OpenOld(Path.Combine(fixture.Folder, "index")).Dispose());
    }

    private static string FormatFile(StoreFixture fixture) => Path.Combine(fixture.Folder, "FORMAT");

    /// <summary>A closed store whose index has the old families only.</summary>
    private static async Task<StoreFixture> OpenOldAsync()
    {
        var fixture = await StoreFixture.OpenAsync();
        await fixture.PutAsync("small", [1, 2, 3]);
        await fixture.PutAsync("large", StoreFixture.Content(1, 100_000));
        await fixture.Store.DisposeAsync();
        var (index, old) = (Path.Combine(fixture.Folder, "index"), Path.Combine(fixture.Folder, "old"));
        using (var from = new StoreDatabase(index, sync: false))
        using (var to = OpenOld(old))
        {
            for (var family = 0; family < OldFamilies; family++)
            {
                Copy(from.Current, to, family);
            }
        }

        Directory.Delete(index, recursive: true);
        Directory.Move(old, index);
        return fixture;
    }

    private static RocksDatabase OpenOld(string folder) =>
        new(new RocksDatabaseOptions { Folder = folder, Families = [.. StoreFamilies.All.Take(OldFamilies)] });

    private static void Copy(RocksDatabase from, RocksDatabase to, int family)
    {
        using var batch = new RocksBatch();
        using var rows = from.Iterate(family);
        for (var found = rows.First(); found; found = rows.Next())
        {
            batch.Put(to.Family(family), rows.Key, rows.Value);
        }

        to.Write(batch);
    }
}
