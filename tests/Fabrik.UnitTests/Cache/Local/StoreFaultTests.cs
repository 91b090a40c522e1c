using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Local;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.UnitTests.Cache.Local;

/// <summary>Disks that are full or read-only: file systems of their own, no simulation.</summary>
/// <remarks>
/// Alone: a program that another test starts has, until it runs, all files of this process open, and a file that is
/// open for writing keeps a disk from becoming read-only.
/// </remarks>
[CollectionDefinition(nameof(StoreFaultTests), DisableParallelization = true)]
[Collection(nameof(StoreFaultTests))]
public sealed class StoreFaultTests
{
    [Fact]
    public async Task Put_OnAFullDisk_IsStorageFullAndHealsWhenThereIsRoom()
    {
        using var disk = Mount(megabytes: 24);
        await using var fixture = await StoreFixture.OpenAsync(
            options => options with { Directory = Path.Combine(disk.Folder, "store") });
        var content = StoreFixture.Content(1, 300_000);
        await fixture.PutAsync("a", content);
        var ballast = disk.FillUp();

        var put = await fixture.PutAsync("b", StoreFixture.Content(2, 300_000));

        Assert.Equal((CacheErrorKind.StorageFull, CacheErrorSource.Internal), (put.Error!.Kind, put.Error.Source));
        Assert.Equal(WriteState.Full, fixture.Store.Statistics.WriteState);
        Assert.Equal(CacheErrorKind.StorageFull, (await fixture.PutAsync("c", [1])).Error!.Kind);
        Assert.Equal(content, await fixture.GetAsync("a"));
        await fixture.Store.Upkeep.TickAsync(1);
        Assert.Equal(WriteState.Full, fixture.Store.Statistics.WriteState);

        File.Delete(ballast);
        await fixture.Store.Upkeep.TickAsync(1);

        Assert.Equal(WriteState.Ok, fixture.Store.Statistics.WriteState);
        Assert.Equal(PutOutcome.Stored, (await fixture.PutAsync("b", StoreFixture.Content(2, 300_000))).Value);
        Assert.Equal(content, await fixture.GetAsync("a"));
        await fixture.ReopenAsync();
        Assert.Equal(StoreFixture.Content(2, 300_000), await fixture.GetAsync("b"));
        Assert.Equal(2, fixture.Store.Statistics.Entries);
    }

    [Fact]
    public async Task Put_OnAFullDisk_LeavesTheRestOfTheBodyToTheCaller()
    {
        using var disk = Mount(megabytes: 24);
        await using var fixture = await StoreFixture.OpenAsync(
            options => options with { Directory = Path.Combine(disk.Folder, "store") });
        disk.FillUp();

        Assert.Equal(CacheErrorKind.StorageFull, await PutAndReadOnAsync(fixture, long.MaxValue));
    }

    [Fact]
    public async Task Put_OfTooLargeABody_LeavesTheRestOfItToTheCaller()
    {
        await using var fixture = await StoreFixture.OpenAsync();

        Assert.Equal(CacheErrorKind.TooLarge, await PutAndReadOnAsync(fixture, maxSize: 299_999));
    }

    [Fact]
    public async Task Put_OfValuesUntilTheIndexIsFull_LosesNoneThatWasStored()
    {
        using var disk = Mount(megabytes: 12);
        await using var fixture = await StoreFixture.OpenAsync(
            options => options with { Directory = Path.Combine(disk.Folder, "store") });
        var stored = 0;
        while ((await fixture.PutAsync($"k{stored}", StoreFixture.Content(stored, 60_000))).Error is null)
        {
            stored++;
        }

        Assert.NotEqual(WriteState.Ok, fixture.Store.Statistics.WriteState);
        Assert.Equal(StoreFixture.Content(0, 60_000), await fixture.GetAsync("k0"));
        Assert.Equal(StoreFixture.Content(stored - 1, 60_000), await fixture.GetAsync($"k{stored - 1}"));
        Assert.Equal(stored, fixture.Store.Statistics.Entries);
    }

    [Fact]
    public async Task Open_OnAReadOnlyDisk_IsReadOnlyAndHarmsNothing()
    {
        using var disk = Mount(megabytes: 24);
        await using var fixture = await StoreFixture.OpenAsync(
            options => options with { Directory = disk.Folder });
        var content = StoreFixture.Content(1, 300_000);
        await fixture.PutAsync("a", content);
        await fixture.Store.DisposeAsync();
        disk.SetReadOnly(true);

        var opened = await fixture.TryOpenAsync(fixture.Options);

        Assert.Equal(CacheErrorKind.ReadOnly, opened.Error!.Kind);
        Assert.Contains(disk.Folder, opened.Error.Message, StringComparison.Ordinal);
        disk.SetReadOnly(false);
        await fixture.ReopenAsync();
        Assert.Equal(content, await fixture.GetAsync("a"));
    }

    [Fact]
    public async Task Put_WithoutAFolderForUploads_IsAnErrorWhileReadsGoOn()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await fixture.PutAsync("a", [1, 2, 3]);

        // Rights would not stop root; a file where the folder was stops everybody.
        var uploads = Path.Combine(fixture.Folder, "tmp");
        Directory.Delete(uploads);
        await File.WriteAllTextAsync(uploads, "");
        var put = await fixture.PutAsync("b", StoreFixture.Content(1, 300_000));

        Assert.NotNull(put.Error);
        Assert.NotEqual(WriteState.Ok, fixture.Store.Statistics.WriteState);
        Assert.Equal([1, 2, 3], await fixture.GetAsync("a"));
        File.Delete(uploads);
        Directory.CreateDirectory(uploads);
        await fixture.Store.Upkeep.TickAsync(1);
        Assert.Equal(PutOutcome.Stored, (await fixture.PutAsync("b", StoreFixture.Content(1, 300_000))).Value);
    }

    // A pipe, as a connection is one: it refuses a read while another one is under way.
    private static SmallDisk Mount(int megabytes)
    {
        var disk = SmallDisk.TryMount(megabytes);
        Assert.SkipWhen(disk is null, "a file system of its own is needed, and mounting one is not allowed here");
        return disk;
    }

    private static async Task<CacheErrorKind> PutAndReadOnAsync(StoreFixture fixture, long maxSize)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        await pipe.Writer.WriteAsync(StoreFixture.Content(1, 300_000), TestContext.Current.CancellationToken);
        var put = await fixture.Store.PutAsync(
            StoreFixture.Id("a"),
            pipe.Reader,
            StoreFixture.PutOptionsFor("a") with { MaxSize = maxSize },
            TestContext.Current.CancellationToken);
        await pipe.Writer.CompleteAsync();
        var read = await pipe.Reader.ReadAsync(TestContext.Current.CancellationToken);
        Assert.True(read.IsCompleted);
        return put.Error!.Kind;
    }
}
