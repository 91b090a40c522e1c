using Fabrik.Cache;
using Fabrik.Cache.Local;
using Fabrik.Fuzz.Crash;
using Fabrik.UnitTests.Cache.Local;
using Xunit;

namespace Fabrik.UnitTests.Cache.Crash;

/// <summary>What the crash test has found, one test for each.</summary>
public sealed class CrashRegressionTests
{
    [Fact]
    public async Task Put_LargeContentWithSyncDurability_IsStored()
    {
        await using var fixture = await StoreFixture.OpenAsync(
            options => options with { Durability = DurabilityKind.Sync });
        var content = StoreFixture.Content(1, 100_000);
        var put = await fixture.PutAsync("key", content);
        Assert.Null(put.Error);
        Assert.Equal(PutOutcome.Stored, put.Value);
        Assert.Equal(content, await fixture.GetAsync("key"));
    }

    [Fact]
    public async Task Open_RightAfterACrash_RemovesAFileWhoseRecordWasNotWritten()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        var content = StoreFixture.Content(1, 100_000);
        await fixture.PutAsync("key", content);
        var file = BlobFiles(fixture).Single();
        var orphan = file[..^1] + (file[^1] == '0' ? '1' : '0');
        File.Copy(file, orphan);
        await fixture.ReopenAsync();
        await fixture.Store.VerifyAsync(null, default);
        Assert.False(File.Exists(orphan));
        Assert.Equal(content, await fixture.GetAsync("key"));
    }

    [Fact]
    public async Task Verify_DuringUploads_LeavesTheirFilesAlone()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        var uploads = Enumerable.Range(0, 4).Select(task => Task.Run(async () =>
        {
            for (var i = 0; i < 25; i++)
            {
                var put = await fixture.PutAsync($"{task}-{i}", StoreFixture.Content((task * 100) + i, 66_000));
                Assert.Null(put.Error);
            }
        })).ToArray();
        var orphans = 0L;
        while (!Task.WhenAll(uploads).IsCompleted)
        {
            orphans += (await fixture.Store.VerifyAsync(null, default)).Orphans;
        }

        await Task.WhenAll(uploads);
        Assert.Equal(0, orphans);
        Assert.Equal(100, BlobFiles(fixture).Length);
    }

    [Fact]
    public async Task Open_WithALowerLimitThanBefore_EvictsDownToIt()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        for (var i = 0; i < 10; i++)
        {
            await fixture.PutAsync($"{i}", StoreFixture.Content(i, 100_000));
        }

        fixture.Options = fixture.Options with { MaxSize = 350_000 };
        await fixture.ReopenAsync();

        // Evicts nothing, but waits behind what the opening began.
        await fixture.Store.EvictAsync(long.MaxValue, default);
        Assert.InRange(fixture.Store.Statistics.StoredBytes, 300_000, 350_000);
        Assert.Equal(3, fixture.Store.Statistics.Entries);
    }

    [Fact]
    public async Task Read_StaleEntryOfADamagedContentThatWasStoredAnew_LeavesTheNewOneAlone()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        var content = StoreFixture.Content(1, 100_000);
        await fixture.PutAsync("first", content);
        await fixture.PutAsync("second", content);
        await fixture.PutAsync("third", content);
        File.Delete(BlobFiles(fixture).Single());
        Assert.Null(await fixture.GetAsync("first"));
        Assert.Equal(PutOutcome.Stored, (await fixture.PutAsync("first", content)).Value);

        // Both still point at the file that is gone.
        Assert.Null(await fixture.GetAsync("second"));
        Assert.Equal(PutOutcome.Stored, (await fixture.PutAsync("third", content)).Value);
        Assert.Equal(content, await fixture.GetAsync("first"));
        Assert.Equal(content, await fixture.GetAsync("third"));
        await fixture.Store.DisposeAsync();
        Assert.Empty(StoreRecount.Run(fixture.Folder));
    }

    private static string[] BlobFiles(StoreFixture fixture) =>
        Directory.GetFiles(Path.Combine(fixture.Folder, "blobs"), "*", SearchOption.AllDirectories);
}
