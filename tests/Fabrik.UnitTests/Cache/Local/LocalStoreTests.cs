using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Eviction;
using Fabrik.Cache.Local;
using Xunit;

namespace Fabrik.UnitTests.Cache.Local;

public sealed class LocalStoreTests
{
    public static TheoryData<int> Sizes => [0, 1, 1000, 64 * 1024, (64 * 1024) + 1, 3 * 1024 * 1024];

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Get_OfWhatWasPut_ReturnsTheSameBytes(int size)
    {
        await using var fixture = await StoreFixture.OpenAsync();
        var content = StoreFixture.Content(size, size);

        Assert.Equal(PutOutcome.Stored, (await fixture.PutAsync("a", content)).Value);

        Assert.Equal(content, await fixture.GetAsync("a"));
        Assert.Null(await fixture.GetAsync("b"));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Get_AfterAReopening_ReturnsTheSameBytes(int size)
    {
        await using var fixture = await StoreFixture.OpenAsync();
        var content = StoreFixture.Content(size, size);
        await fixture.PutAsync("a", content);

        await fixture.ReopenAsync();

        Assert.Equal(content, await fixture.GetAsync("a"));
        Assert.Equal(1, fixture.Store.Statistics.Entries);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Put_OfTheSameBytesUnderTwoKeys_StoresThemOnce(int size)
    {
        await using var fixture = await StoreFixture.OpenAsync();
        var content = StoreFixture.Content(size, size);
        await fixture.PutAsync("a", content);
        var once = fixture.Store.Statistics.StoredBytes;
        await fixture.PutAsync("b", content);

        var statistics = fixture.Store.Statistics;
        Assert.Equal((2, 1, 2L * size), (statistics.Entries, statistics.Blobs, statistics.LogicalBytes));
        Assert.True(statistics.StoredBytes - once < 300);
        Assert.True((await fixture.Store.DeleteAsync(StoreFixture.Id("a"), default)).Value);
        Assert.Equal(content, await fixture.GetAsync("b"));
        Assert.True((await fixture.Store.DeleteAsync(StoreFixture.Id("b"), default)).Value);
        Assert.Equal((0, 0L), (fixture.Store.Statistics.Blobs, fixture.Store.Statistics.StoredBytes));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(fixture.Folder, "blobs"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Put_UnderAUsedKey_KeepsOrReplacesAsAllowed()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        var (first, second) = (StoreFixture.Content(1, 100), StoreFixture.Content(2, 200_000));
        await fixture.PutAsync("a", first);

        Assert.Equal(PutOutcome.Identical, (await fixture.PutAsync("a", first)).Value);
        Assert.Equal(PutOutcome.Kept, (await fixture.PutAsync("a", second)).Value);
        Assert.Equal(first, await fixture.GetAsync("a"));

        var overwrite = StoreFixture.PutOptionsFor("a") with { Overwrite = true };
        Assert.Equal(PutOutcome.Stored, (await fixture.PutAsync("a", second, overwrite)).Value);
        Assert.Equal(second, await fixture.GetAsync("a"));
        Assert.Equal(1, fixture.Store.Statistics.Blobs);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(100_000)]
    public async Task Put_OfAnotherSizeOrDigestThanAnnounced_StoresNothing(int size)
    {
        await using var fixture = await StoreFixture.OpenAsync();
        var content = StoreFixture.Content(1, size);
        var options = StoreFixture.PutOptionsFor("a");

        var longer = await fixture.PutAsync("a", content, options with { ExpectedSize = size + 1 });
        var other = await fixture.PutAsync("a", content, options with { ExpectedDigest = default(ContentDigest) });
        var large = await fixture.PutAsync("a", content, options with { MaxSize = size - 1 });

        Assert.Equal(CacheErrorKind.Incomplete, longer.Error!.Kind);
        Assert.Equal(CacheErrorKind.DigestMismatch, other.Error!.Kind);
        Assert.Equal(CacheErrorKind.TooLarge, large.Error!.Kind);
        Assert.Equal(0, fixture.Store.Statistics.Entries);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(fixture.Folder, "tmp")));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(100_000)]
    public async Task Put_OfABodyThatBreaksOff_StoresNothing(int size)
    {
        await using var fixture = await StoreFixture.OpenAsync();
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        await pipe.Writer.WriteAsync(StoreFixture.Content(1, size));
        await pipe.Writer.CompleteAsync(new IOException("gone"));

        var put = await fixture.Store.PutAsync(
            StoreFixture.Id("a"), pipe.Reader, StoreFixture.PutOptionsFor("a"), default);

        Assert.Equal((CacheErrorKind.Incomplete, CacheErrorSource.Client), (put.Error!.Kind, put.Error.Source));
        Assert.Null(await fixture.GetAsync("a"));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(fixture.Folder, "tmp")));
    }

    [Fact]
    public async Task Info_OfAnEntry_IsWhatTheToolSaid()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        var metadata = new ArtifactMetadata
        {
            Tool = "turborepo",
            Key = "k",
            Properties = [new("x-artifact-tag", "ä=="), new("x-artifact-duration", "7")],
        };
        await fixture.PutAsync("a", [1, 2, 3], new PutOptions { Metadata = metadata });

        var info = (await fixture.Store.StatAsync(StoreFixture.Id("a"), default)).Value;

        Assert.NotNull(info);
        Assert.Equal((3, "turborepo", "k"), (info.Size, info.Metadata.Tool, info.Metadata.Key));
        Assert.Equal("ä==", info.Metadata.Find("X-Artifact-Tag"));
        Assert.Equal(new ToolUsage(1, 3), fixture.Store.Statistics.ByTool["turborepo"]);
    }

    [Theory]
    [InlineData(EvictionPolicyKind.Lru)]
    [InlineData(EvictionPolicyKind.Lfu)]
    [InlineData(EvictionPolicyKind.Ttl)]
    public async Task Put_IntoAFullStore_EvictsAndStaysBelowTheLimit(EvictionPolicyKind policy)
    {
        const long Limit = 1_000_000;
        await using var fixture = await StoreFixture.OpenAsync(
            options => options with { MaxSize = Limit, EvictionPolicy = policy });

        for (var i = 0; i < 300; i++)
        {
            var put = await fixture.PutAsync($"k{i}", StoreFixture.Content(i, 5_000 + (i * 400)));
            Assert.Equal(PutOutcome.Stored, put.Value);
            Assert.True(fixture.Store.Statistics.StoredBytes <= Limit);
        }

        Assert.True(fixture.Store.Statistics.Evictions > 200);
        Assert.NotNull(await fixture.GetAsync("k299"));
        await AssertAccountingAsync(fixture);
    }

    [Fact]
    public async Task Put_IntoAFullStoreThatWasReopened_EvictsEntriesOfBefore()
    {
        await using var fixture = await StoreFixture.OpenAsync(options => options with { MaxSize = 300_000 });
        for (var i = 0; i < 10; i++)
        {
            await fixture.PutAsync($"k{i}", StoreFixture.Content(i, 20_000));
        }

        await fixture.ReopenAsync();
        for (var i = 10; i < 30; i++)
        {
            Assert.Equal(PutOutcome.Stored, (await fixture.PutAsync($"k{i}", StoreFixture.Content(i, 20_000))).Value);
        }

        await AssertAccountingAsync(fixture);
    }

    [Fact]
    public async Task Put_LargerThanTheStore_IsStorageFull()
    {
        await using var fixture = await StoreFixture.OpenAsync(options => options with { MaxSize = 10_000 });

        var put = await fixture.PutAsync("a", StoreFixture.Content(1, 20_000));

        Assert.Equal(CacheErrorKind.StorageFull, put.Error!.Kind);
    }

    [Fact]
    public async Task Contains_OfManyIds_AnswersEachInItsPlace_AndAgainOnceTheyArePromised()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        for (var i = 0; i < 100; i++)
        {
            await fixture.PutAsync($"k{i * 40}", [1]);
        }

        var ids = Enumerable.Range(0, 4000).Select(i => StoreFixture.Id($"k{i}")).ToArray();
        var expected = Enumerable.Range(0, 4000).Select(i => i % 40 == 0).ToArray();
        for (var round = 0; round < 2; round++)
        {
            var found = new bool[ids.Length];
            await fixture.Store.ContainsAsync(ids, found, default);
            Assert.Equal(expected, found);
        }

        await fixture.Store.DeleteAsync(ids[40], default);
        var left = new bool[2];
        await fixture.Store.ContainsAsync(ids.AsMemory(40, 2), left, default);
        Assert.Equal([false, false], left);
    }

    [Fact]
    public async Task Contains_OfEntries_KeepsThemThroughEviction()
    {
        await using var fixture = await StoreFixture.OpenAsync(
            options => options with { MaxSize = 300_000, EvictionPolicy = EvictionPolicyKind.Lru });
        await fixture.PutAsync("promised", StoreFixture.Content(1, 10_000));
        var found = new bool[2];
        await fixture.Store.ContainsAsync(
            new[] { StoreFixture.Id("promised"), StoreFixture.Id("missing") }, found, default);

        for (var i = 0; i < 100; i++)
        {
            await fixture.PutAsync($"k{i}", StoreFixture.Content(i + 10, 20_000));
        }

        Assert.Equal([true, false], found);
        Assert.NotNull(await fixture.GetAsync("promised"));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(200_000)]
    public async Task Get_OfADamagedBlob_IsAMissAndDropsIt(int size)
    {
        await using var fixture = await StoreFixture.OpenAsync(options => options with { InlineLimit = 10 });
        await fixture.PutAsync("a", StoreFixture.Content(1, size));
        await fixture.ReopenAsync();
        var file = Directory.EnumerateFiles(
            Path.Combine(fixture.Folder, "blobs"), "*", SearchOption.AllDirectories).Single();
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[size / 2] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);

        await using (var artifact = (await fixture.Store.GetAsync(StoreFixture.Id("a"), default)).Value)
        {
            Assert.NotNull(artifact);
            Assert.False(artifact.TryGetFile(out _, out _));
            var copied = await artifact.CopyToAsync(PipeWriter.Create(Stream.Null), 0, size, default);
            Assert.Equal(CacheErrorKind.Damaged, copied.Error!.Kind);
        }

        await fixture.Store.VerifyAsync(null, default);
        Assert.Null(await fixture.GetAsync("a"));
        Assert.Equal(1, fixture.Store.Statistics.DamagedBlobs);
        await AssertAccountingAsync(fixture);
    }

    [Fact]
    public async Task Get_OfABlobWhoseFileIsGone_IsAMiss()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await fixture.PutAsync("a", new byte[100_000]);
        File.Delete(Directory.EnumerateFiles(
            Path.Combine(fixture.Folder, "blobs"), "*", SearchOption.AllDirectories).Single());

        Assert.Null(await fixture.GetAsync("a"));
        Assert.Equal(0, fixture.Store.Statistics.Entries);
        Assert.Equal(PutOutcome.Stored, (await fixture.PutAsync("a", new byte[100_000])).Value);
        Assert.NotNull(await fixture.GetAsync("a"));
    }

    [Fact]
    public async Task Clear_RemovesEverything()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        for (var i = 0; i < 50; i++)
        {
            await fixture.PutAsync($"k{i}", StoreFixture.Content(i, i * 4000));
        }

        Assert.Null((await fixture.Store.ClearAsync(default)).Error);

        Assert.Equal((0, 0, 0L), (fixture.Store.Statistics.Entries, fixture.Store.Statistics.Blobs,
            fixture.Store.Statistics.StoredBytes));
    }

    [Fact]
    public async Task Clear_OfMoreThanATransactionHolds_WhileOthersWrite_RemovesWhatWasThere()
    {
        const int Count = 2500;
        await using var fixture = await StoreFixture.OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, Count).Select(i => fixture.PutAsync($"old{i}", [1]).AsTask()));

        var clearing = fixture.Store.ClearAsync(default).AsTask();
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => fixture.PutAsync($"new{i}", [2]).AsTask()));
        Assert.Null((await clearing).Error);

        await foreach (var info in fixture.Store.ListAsync(null, default))
        {
            Assert.StartsWith("new", info.Metadata.Key, StringComparison.Ordinal);
        }

        await AssertAccountingAsync(fixture);
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(20_000)]
    public async Task Put_OverAnEntryThatFindsNoRoom_LeavesTheOldOneAndEvictsNothing(int oldSize)
    {
        await using var fixture = await StoreFixture.OpenAsync(
            options => options with { MaxSize = 105_000, InlineLimit = 10_000 });
        var (old, other) = (StoreFixture.Content(1, oldSize), StoreFixture.Content(2, 30_000));
        await fixture.PutAsync("a", old);
        await fixture.PutAsync("other", other);
        await fixture.PutAsync("promised", StoreFixture.Content(3, 40_000));
        var found = new bool[1];
        await fixture.Store.ContainsAsync(new[] { StoreFixture.Id("promised") }, found, default);
        var before = fixture.Store.Statistics;

        var overwrite = StoreFixture.PutOptionsFor("a") with { Overwrite = true };
        var put = await fixture.PutAsync("a", StoreFixture.Content(4, 80_000), overwrite);

        Assert.Equal(CacheErrorKind.StorageFull, put.Error!.Kind);
        Assert.Equal(old, await fixture.GetAsync("a"));
        Assert.Equal(other, await fixture.GetAsync("other"));
        var after = fixture.Store.Statistics;
        Assert.Equal((before.Entries, before.Blobs, before.LogicalBytes, before.StoredBytes, 0),
            (after.Entries, after.Blobs, after.LogicalBytes, after.StoredBytes, after.Evictions));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(fixture.Folder, "tmp")));

        // What was not evicted can be, by who fits in its place.
        Assert.Equal(PutOutcome.Stored, (await fixture.PutAsync("b", StoreFixture.Content(5, 60_000))).Value);
        Assert.Equal((2, 2), (fixture.Store.Statistics.Entries, fixture.Store.Statistics.Evictions));
        await AssertAccountingAsync(fixture);
    }

    private static async Task AssertAccountingAsync(StoreFixture fixture)
    {
        var (entries, bytes) = (0L, 0L);
        await foreach (var info in fixture.Store.ListAsync(null, default))
        {
            entries++;
            bytes += info.Size;
        }

        Assert.Equal((entries, bytes), (fixture.Store.Statistics.Entries, fixture.Store.Statistics.LogicalBytes));
    }
}
