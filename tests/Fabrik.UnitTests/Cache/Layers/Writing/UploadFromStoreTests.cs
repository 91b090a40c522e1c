using Fabrik.Cache.Layers;
using Fabrik.Cache.Layers.Writing;
using Fabrik.Testing;
using Fabrik.UnitTests.Cache.Local;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fabrik.UnitTests.Cache.Layers.Writing;

/// <summary>Uploads from a real store: in each form that it keeps contents in.</summary>
public sealed class UploadFromStoreTests
{
    [Theory]
    [InlineData(100, 256)]
    [InlineData(2_000_000, 256)]
    [InlineData(2_000_000, 4)]
    public async Task Upload_FromAStore_BringsTheBytesAndCountsNoUse(int size, int values)
    {
        await using var fixture = await StoreFixture.OpenAsync();
        SpyTier upstream = new(new MemoryTier());
        Random random = new(7);
        var bytes = new byte[size];
        for (var i = 0; i < size; i++)
        {
            bytes[i] = (byte)random.Next(values);
        }

        await fixture.PutAsync(
            "a", bytes, StoreFixture.ListedOptions("a", "all") with { TimeToLive = TimeSpan.FromHours(1) });
        var before = (await fixture.Store.StatAsync(StoreFixture.Id("a"), default)).Value!;
        await using var queue = UploadQueue.Open(
            new UploadQueueOptions
            {
                Directory = Path.Combine(fixture.Folder, "queue"),
                Local = fixture.Store,
                Upstreams = [new Upstream(upstream, new UpstreamOptions { Name = "up" })],
            },
            TimeProvider.System,
            NullLoggerFactory.Instance,
            new Random(1));
        IUploads uploads = queue;
        await uploads.EnqueueAsync(new UploadOrder("", StoreFixture.Id("a"), UploadOperation.Replace), default);
        await queue.WaitUntilEmptyAsync(default);

        Assert.Equal(bytes, upstream.Inner.Find(StoreFixture.Id("a"))?.Bytes);
        Assert.Equal(("a", ""), (upstream.LastPut!.Metadata.Key, upstream.LastPut.Metadata.Listing));
        Assert.InRange(upstream.LastPut!.TimeToLive!.Value, TimeSpan.FromMinutes(50), TimeSpan.FromHours(1));
        var after = (await fixture.Store.StatAsync(StoreFixture.Id("a"), default)).Value!;
        Assert.Equal(before.AccessCount, after.AccessCount);
    }
}
