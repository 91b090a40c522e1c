using Fabrik.Cache.Local.Index;
using Fabrik.Cache.Native.RocksDb;
using Fabrik.Fuzz.Crash;
using Fabrik.UnitTests.Cache.Local;
using Xunit;

namespace Fabrik.UnitTests.Cache.Crash;

/// <summary>The recount can fail: each kind of disagreement is found.</summary>
public sealed class StoreRecountTests
{
    [Fact]
    public async Task Run_SoundStore_FindsNothing() => Assert.Empty(await RecountAsync(_ => { }));

    [Fact]
    public async Task Run_BlobFileGone_FindsIt() => Assert.Contains(
        await RecountAsync(folder => File.Delete(BlobFile(folder))),
        finding => finding == "0 blob files are there, 1 have a record");

    [Fact]
    public async Task Run_TemporaryFileLeft_FindsIt() => Assert.Equal(
        ["1 temporary files are left"],
        await RecountAsync(folder => File.WriteAllText(Path.Combine(folder, "tmp", "1"), "left")));

    [Fact]
    public async Task Run_CountersWrong_FindsThem()
    {
        var findings = await RecountAsync(folder => Change(folder, (index, batch) =>
            StoreDatabase.PutCounters(index, batch, new StoreCounters())));
        Assert.Contains(findings, finding => finding.StartsWith("the accounting is", StringComparison.Ordinal));
        Assert.Contains(findings, finding => finding.StartsWith("by tool", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_EntryGone_FindsTheReferencesWrong()
    {
        var findings = await RecountAsync(folder => Change(folder, (index, batch) =>
            batch.Delete(index.Family(StoreFamilies.Entries), StoreFixture.Id("small").Bytes)));
        Assert.Contains(findings, finding => finding.EndsWith("counts 1 entries, not 0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_RowOfAListingGone_FindsIt() => Assert.Equal(
        ["1 listed entries have no row"],
        await RecountAsync(folder => Change(folder, (index, batch) =>
            batch.Delete(index.Family(StoreFamilies.Listings), ListingKey.Of("all"u8, "listed")))));

    [Fact]
    public async Task Run_RowWithoutAnEntry_FindsIt()
    {
        var findings = await RecountAsync(folder => Change(folder, (index, batch) => batch.Put(
            index.Family(StoreFamilies.Listings), ListingKey.Of("all"u8, "x"), StoreFixture.Id("listed").Bytes)));
        Assert.EndsWith("which is not there", Assert.Single(findings), StringComparison.Ordinal);
    }

    private static string BlobFile(string folder) =>
        Directory.EnumerateFiles(Path.Combine(folder, "blobs"), "*", SearchOption.AllDirectories).Single();

    private static void Change(string folder, Action<RocksDatabase, RocksBatch> change)
    {
        using var index = new StoreDatabase(Path.Combine(folder, "index"), sync: false);
        using var batch = new RocksBatch();
        change(index.Current, batch);
        index.Current.Write(batch);
    }

    private static async Task<IReadOnlyList<string>> RecountAsync(Action<string> damage)
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await fixture.PutAsync("small", StoreFixture.Content(1, 1000));
        await fixture.PutListedAsync("listed", "all");
        await fixture.PutAsync("large", StoreFixture.Content(2, 100_000));
        await fixture.Store.DisposeAsync();
        damage(fixture.Folder);
        return StoreRecount.Run(fixture.Folder);
    }
}
