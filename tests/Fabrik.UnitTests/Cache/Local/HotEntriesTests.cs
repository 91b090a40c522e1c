using System.Security.Cryptography;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Local;
using Fabrik.Cache.Local.Blobs;
using Fabrik.Cache.Local.Index;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.UnitTests.Cache.Local;

/// <summary>What is kept in memory of entries that are read again, and that it never shows what was replaced.</summary>
public sealed class HotEntriesTests
{
    [Fact]
    public void Offer_TheFirstTime_IsNotTaken()
    {
        HotEntries hot = new(1 << 20);
        Offer(hot, "a", 100);
        Assert.Null(hot.Find(StoreFixture.Id("a")));
        Offer(hot, "a", 100);
        Assert.NotNull(hot.Find(StoreFixture.Id("a")));
    }

    [Fact]
    public void Offer_OfAnEpochThatEnded_IsNotTaken()
    {
        HotEntries hot = new(1 << 20);
        Offer(hot, "a", 100);
        var epoch = hot.EpochOf(StoreFixture.Id("a"));
        hot.Remove(StoreFixture.Id("a"));
        Offer(hot, "a", 100, epoch);
        Assert.Null(hot.Find(StoreFixture.Id("a")));
    }

    [Fact]
    public void Offer_AfterClear_OfAnEpochBefore_IsNotTaken()
    {
        HotEntries hot = new(1 << 20);
        Offer(hot, "a", 100);
        var epoch = hot.EpochOf(StoreFixture.Id("a"));
        hot.Clear();
        Offer(hot, "a", 100, epoch);
        Assert.Equal(0, hot.Count);
    }

    [Fact]
    public void Offer_MoreThanThereIsRoomFor_StaysWithinTheLimitAndKeepsWhatIsUsed()
    {
        HotEntries hot = new(64 * 1024);
        Twice(hot, "kept", 1000);
        for (var i = 0; i < 1000; i++)
        {
            Assert.NotNull(hot.Find(StoreFixture.Id("kept")));
            Twice(hot, $"{i}", 1000);
            Assert.InRange(hot.Bytes, 0, 64 * 1024);
        }

        Assert.InRange(hot.Count, 20, 64);
    }

    [Fact]
    public void Limit_OfNothing_TakesNothing()
    {
        HotEntries hot = new(0);
        Twice(hot, "a", 1);
        Assert.Equal(0, hot.Count);
    }

    [Fact]
    public void Removal_OfEverything_LeavesNoBytes()
    {
        HotEntries hot = new(1 << 20);
        for (var i = 0; i < 50; i++)
        {
            Twice(hot, $"{i}", 100 * i);
            hot.Remove(StoreFixture.Id($"{i}"));
        }

        Assert.Equal((0, 0L), (hot.Count, hot.Bytes));
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(200_000)]
    public async Task Store_EntryReadOften_ShowsEveryChangeAtOnce(int size)
    {
        await using var fixture = await StoreFixture.OpenAsync();
        var overwrite = StoreFixture.PutOptionsFor("k") with { Overwrite = true };
        for (var i = 0; i < 20; i++)
        {
            var content = StoreFixture.Content(i, size);
            Assert.Equal(PutOutcome.Stored, (await fixture.PutAsync("k", content, overwrite)).Value);
            for (var read = 0; read < 4; read++)
            {
                Assert.Equal(content, await fixture.GetAsync("k"));
            }
        }

        Assert.True((await fixture.Store.DeleteAsync(StoreFixture.Id("k"), default)).Value);
        Assert.Null(await fixture.GetAsync("k"));
    }

    [Fact]
    public async Task Store_EntryReadOften_ExpiresInTime()
    {
        TestClock clock = new();
        await using var fixture = await StoreFixture.OpenAsync(time: clock);
        var options = StoreFixture.PutOptionsFor("k") with { TimeToLive = TimeSpan.FromMinutes(1) };
        await fixture.PutAsync("k", [1, 2, 3], options);
        for (var read = 0; read < 4; read++)
        {
            Assert.Equal([1, 2, 3], await fixture.GetAsync("k"));
        }

        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Null(await fixture.GetAsync("k"));
    }

    [Fact]
    public async Task Store_FileOfAnEntryReadOftenGone_IsAMiss()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await fixture.PutAsync("k", StoreFixture.Content(1, 100_000));
        for (var read = 0; read < 4; read++)
        {
            Assert.NotNull(await fixture.GetAsync("k"));
        }

        File.Delete(fixture.BlobFiles().Single());
        Assert.Null(await fixture.GetAsync("k"));
        Assert.Equal(1, fixture.Store.Statistics.DamagedBlobs);
    }

    [Fact]
    public async Task Store_ReadersBesideAWriter_NeverSeeWhatWasReplacedBeforeTheyAsked()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        var overwrite = StoreFixture.PutOptionsFor("k") with { Overwrite = true };
        await fixture.PutAsync("k", BitConverter.GetBytes(0), overwrite);
        var acknowledged = 0;
        var isDone = false;
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            while (!Volatile.Read(ref isDone))
            {
                var least = Volatile.Read(ref acknowledged);
                var seen = BitConverter.ToInt32(await fixture.GetAsync("k") ?? BitConverter.GetBytes(-1));
                Assert.True(seen >= least, $"{seen} was read after {least} was acknowledged");
            }
        })).ToArray();
        for (var i = 1; i <= 300; i++)
        {
            await fixture.PutAsync("k", BitConverter.GetBytes(i), overwrite);
            Volatile.Write(ref acknowledged, i);
        }

        Volatile.Write(ref isDone, true);
        await Task.WhenAll(readers);
    }

    private static void Twice(HotEntries hot, string key, int size)
    {
        Offer(hot, key, size);
        Offer(hot, key, size);
    }

    private static void Offer(HotEntries hot, string key, int size, uint? epoch = null)
    {
        var id = StoreFixture.Id(key);
        BlobPlace place = new()
        {
            Form = BlobForm.Inline,
            Digest = new ContentDigest(SHA256.HashData([])),
            Size = size,
            StoredSize = size,
            Number = 1,
        };
        ArtifactInfo info = new()
        {
            Id = id,
            Digest = place.Digest,
            Size = size,
            Metadata = new ArtifactMetadata { Tool = "test" },
            CreatedAt = DateTimeOffset.UnixEpoch,
        };
        hot.Offer(epoch ?? hot.EpochOf(id), info, place, new MemoryArtifact(info, new byte[size]));
    }
}
