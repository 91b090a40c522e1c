using Fabrik.Cache;
using Fabrik.Proxies.Storage;
using Fabrik.Testing;
using Fabrik.Wire.Http;
using Fabrik.Wire.Http.Caching;
using Xunit;

namespace Fabrik.UnitTests.Proxies.Storage;

/// <summary>What is kept of heads, where, and what becomes of it.</summary>
public sealed class HeadTableTests
{
    private static readonly ResourceKey Key = new("bucket", "/a/b?c=d");

    private readonly MemoryTier _tier = new();

    [Fact]
    public async Task Head_ThatWasPut_IsFoundByAnotherTable()
    {
        var table = new HeadTable(_tier, 10);
        table.Update(Key, _ => new StoredHead(Key, [Variant(1), Variant(2, "gzip")]));
        await table.FlushAsync();
        var head = await new HeadTable(_tier, 10).FindAsync(Key, CancellationToken.None);
        Assert.NotNull(head);
        Assert.Equal([1, 2], head.Variants.Select(variant => variant.Generation));
        var variant = head.Variants[1];
        Assert.Equal("\"pin\"", variant.Pin);
        Assert.Equal(42, variant.Size);
        Assert.Equal([new HeaderField("ETag", "\"pin\""), new HeaderField("X-Ü", "ß")], variant.Parts.Headers);
        Assert.Equal([new SelectingField("Accept-Encoding", "gzip")], variant.Parts.Selecting);
        var info = _tier.Find(Key.HeadId())!.Info;
        Assert.Equal(("s3-proxy/bucket", "/a/b?c=d"), (info.Metadata.Listing, info.Metadata.Key));
    }

    [Fact]
    public async Task Head_WithoutAPinAndNotWhole_IsNotWritten()
    {
        var table = new HeadTable(_tier, 10);
        table.Update(Key, _ => new StoredHead(Key, [Variant(1) with { Pin = null }]));
        await table.FlushAsync();
        Assert.Null(await new HeadTable(_tier, 10).FindAsync(Key, CancellationToken.None));
        Assert.NotNull(await table.FindAsync(Key, CancellationToken.None));
    }

    [Fact]
    public async Task Head_RemovedWithoutBeingInMemory_IsGoneFromTheStore()
    {
        var table = new HeadTable(_tier, 10);
        table.Update(Key, _ => new StoredHead(Key, [Variant(1)]));
        await table.FlushAsync();
        var other = new HeadTable(_tier, 10);
        other.Remove(Key);
        await other.FlushAsync();
        Assert.Null(_tier.Find(Key.HeadId()));
        Assert.Null(await other.FindAsync(Key, CancellationToken.None));
    }

    [Fact]
    public async Task Heads_AboveTheLimit_AreReadFromTheStoreAgain()
    {
        var table = new HeadTable(_tier, 4);
        for (var i = 0; i < 50; i++)
        {
            var key = new ResourceKey("bucket", $"/{i}");
            table.Update(key, _ => new StoredHead(key, [Variant(i)]));
            await table.FlushAsync();
        }

        Assert.InRange(table.Count, 1, 8);
        for (var i = 0; i < 50; i++)
        {
            var head = await table.FindAsync(new ResourceKey("bucket", $"/{i}"), CancellationToken.None);
            Assert.Equal(i, head!.Variants[0].Generation);
        }
    }

    [Fact]
    public async Task Head_ThatIsInUse_OutlivesThoseAskedForOnce()
    {
        var table = new HeadTable(_tier, 8);
        await AddAsync(table, Key, 8 + 1);
        for (var i = 0; i < 100; i++)
        {
            Assert.True(table.TryFind(Key, out _));
            await AddAsync(table, new ResourceKey("bucket", $"/once/{i}"), 1);
            Assert.InRange(table.Count, 1, 8);
        }
    }

    // A search through all of them would hold up the request that brings the head.
    [Fact]
    public async Task Heads_ThatAreAllInUse_AreSearchedALittleForEachNewOne()
    {
        const int Limit = 1024;
        var table = new HeadTable(_tier, Limit);
        for (var i = 0; i < Limit; i++)
        {
            await AddAsync(table, new ResourceKey("bucket", $"/{i}"), 2);
        }

        await AddAsync(table, new ResourceKey("bucket", "/next"), 2);
        Assert.Equal(Limit + 1, table.Count);
        for (var i = 0; i < 300; i++)
        {
            var key = new ResourceKey("bucket", $"/more/{i}");
            await AddAsync(table, key, 2);
            foreach (var other in table.KeysOf("bucket"))
            {
                table.TryFind(other, out _);
            }

            Assert.InRange(table.Count, Limit, Limit + (Limit / 8) + 1);
        }
    }

    [Fact]
    public async Task Store_ThatFails_LeavesTheHeadInMemory()
    {
        _tier.Fault.SetAll(CacheErrorKind.Io);
        var table = new HeadTable(_tier, 10);
        Assert.Null(await table.FindAsync(Key, CancellationToken.None));
        table.Update(Key, _ => new StoredHead(Key, [Variant(1)]));
        await table.FlushAsync();
        Assert.True(table.TryFind(Key, out var head));
        Assert.NotNull(head);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"v\":2,\"variants\":[]}")]
    [InlineData("{\"v\":1,\"variants\":[]}")]
    [InlineData("{\"v\":1,\"variants\":[{\"status\":200}]}")]
    [InlineData("{\"v\":1,\"variants\":7}")]
    [InlineData("[1]")]
    public void Bytes_ThatAreNoHead_AreAMiss(string text) =>
        Assert.False(HeadCodec.TryDecode(Key, System.Text.Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void Variant_ForTheSameRequests_TakesTheOlderOnesPlace()
    {
        var head = new StoredHead(Key, [Variant(1), Variant(2, "gzip")]).With(Variant(3, "gzip"));
        Assert.Equal([3, 1], head.Variants.Select(variant => variant.Generation));
        Assert.Equal([3], head.Without(1)!.Variants.Select(variant => variant.Generation));
        Assert.Null(head.Without(1)!.Without(3));
    }

    private static async Task AddAsync(HeadTable table, ResourceKey key, int reads)
    {
        Assert.Null(await table.FindAsync(key, CancellationToken.None));
        table.Update(key, _ => new StoredHead(key, [Variant(1)]));
        await table.FlushAsync();
        for (var i = 1; i < reads; i++)
        {
            Assert.True(table.TryFind(key, out _));
        }
    }

    private static StoredVariant Variant(long generation, string? encoding = null) => new()
    {
        Generation = generation,
        Size = 42,
        SliceSize = 1000,
        Pin = "\"pin\"",
        Parts = new StoredParts
        {
            Status = 200,
            Headers = [new HeaderField("ETag", "\"pin\""), new HeaderField("X-Ü", "ß")],
            RequestTime = new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero),
            ResponseTime = new DateTimeOffset(2030, 1, 2, 3, 4, 6, TimeSpan.Zero),
            Selecting = encoding is null ? [] : [new SelectingField("Accept-Encoding", encoding)],
        },
    };
}
