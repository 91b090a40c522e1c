using System.Buffers;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Layers.Writing;
using Fabrik.Cache.Layers.Writing.Storage;
using Fabrik.Cache.Native.RocksDb;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fabrik.UnitTests.Cache.Layers.Writing;

/// <summary>The bytes of docs/formats/queue.md, and what an opening costs.</summary>
public sealed class QueueStorageTests
{
    private const string Id = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    private const string Order = "01" + "02" + "e6f04bee8f010000" + "e803000000000000" + Id + "0400" + "61636d65";

    private const string Place = "01" + "03" + "efcdab8967452301" + "e803000000000000";

    private const string Head = "01" + "07000000" + "efcdab8967452301" + "0300000000000000" + "0200000000000000"
        + "e803000000000000" + "e6f04bee8f010000";

    private static readonly OrderRecord TheOrder = new(
        9, new UploadOrder("acme", TheId, UploadOperation.Replace) { Size = 1000 }, 1_717_689_905_382);

    private static readonly PlaceRecord ThePlace = new(0x0123456789abcdef, UploadOperation.Delete, 1000);

    private static readonly HeadRecord TheHead = new(7)
    {
        NextSequence = 0x0123456789abcdef,
        Orders = 3,
        Deletions = 2,
        Bytes = 1000,
        MissingSince = 1_717_689_905_382,
    };

    private static ArtifactId TheId => new(Convert.FromHexString(Id));

    [Fact]
    public void Records_OfTheQueue_AreFrozen()
    {
        Assert.Equal(Order, Hex(TheOrder.Write));
        Assert.Equal(Place, Hex(ThePlace.Write));
        Assert.Equal(Head, Hex(TheHead.Write));
        Assert.Equal(TheOrder, OrderRecord.Read(9, Convert.FromHexString(Order)));
        Assert.Equal(ThePlace, PlaceRecord.Read(Convert.FromHexString(Place)));
        Assert.Equal(TheHead, HeadRecord.Read(Convert.FromHexString(Head)));
    }

    [Fact]
    public void Keys_OfTheQueue_AreFrozen()
    {
        Span<byte> order = stackalloc byte[OrderRecord.KeyLength];
        OrderRecord.WriteKey(order, 7, 0x0123456789abcdef);
        Span<byte> place = stackalloc byte[PlaceRecord.KeyLength];
        PlaceRecord.WriteKey(place, 7, TheId);

        Assert.Equal("00000007" + "0123456789abcdef", Convert.ToHexStringLower(order));
        Assert.Equal("00000007" + Id, Convert.ToHexStringLower(place));
        Assert.Equal(0x0123456789abcdefUL, OrderRecord.ReadKey(order, 7));
        Assert.Null(OrderRecord.ReadKey(order, 8));
    }

    [Fact]
    public void Records_ThatAreCutShortOrOfAnotherVersion_AreNone()
    {
        Assert.Null(OrderRecord.Read(9, Convert.FromHexString(Order[..^2])));
        Assert.Null(PlaceRecord.Read(Convert.FromHexString(Place[..^2])));
        Assert.Null(HeadRecord.Read(Convert.FromHexString(Head[..^2])));
        Assert.Null(OrderRecord.Read(9, Convert.FromHexString("02" + Order[2..])));
        Assert.Null(PlaceRecord.Read(Convert.FromHexString("0104" + Place[4..])));
        Assert.Null(HeadRecord.Read([]));
    }

    [Theory]
    [InlineData(UploadOperation.Put, UploadOperation.Put, UploadOperation.Put)]
    [InlineData(UploadOperation.Put, UploadOperation.Replace, UploadOperation.Replace)]
    [InlineData(UploadOperation.Put, UploadOperation.Delete, UploadOperation.Delete)]
    [InlineData(UploadOperation.Replace, UploadOperation.Put, UploadOperation.Replace)]
    [InlineData(UploadOperation.Delete, UploadOperation.Put, UploadOperation.Replace)]
    [InlineData(UploadOperation.Delete, UploadOperation.Delete, UploadOperation.Delete)]
    internal void Merge_OfTwoOrders_IsRightWhetherTheFirstWasDoneOrNot(
        UploadOperation older, UploadOperation newer, UploadOperation merged) =>
        Assert.Equal(merged, QueueTransaction.Merge(older, newer));

    [Fact]
    public void Opening_WithManyOrders_ReadsHeadsAndOnePage()
    {
        const int Orders = 100_000;
        var folder = Directory.CreateTempSubdirectory("fabrik-queue-").FullName;
        QueueStorageOptions options = new() { Folder = folder, Sync = false, Upstreams = ["up"] };
        using (QueueStorage storage = new(options, TimeProvider.System, NullLogger.Instance))
        {
            Fill(storage, Orders);
        }

        using QueueStorage opened = new(options, TimeProvider.System, NullLogger.Instance);
        Assert.Equal(Orders, opened.Lane("up").Head.Orders);
        Assert.Equal(1, opened.Database!.RecordsRead);
        List<(ulong Sequence, OrderRecord? Order)> page = [];
        opened.Database.ReadOrders(opened.Lane("up").Head.Number, after: 0, 256, page);

        Assert.Equal(257, opened.Database.RecordsRead);
        Assert.Equal(Enumerable.Range(1, 256).Select(i => (ulong)i), page.Select(order => order.Sequence));
        opened.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Database_OfANewerFabrik_IsRefused()
    {
        var folder = Directory.CreateTempSubdirectory("fabrik-queue-").FullName;
        using (var database = QueueDatabase.Open(folder, sync: false))
        {
            using RocksBatch batch = new();
            batch.Put(database.Family(QueueFamilies.Meta), "format"u8, [2, 0, 0, 0]);
            database.Write(batch);
        }

        var error = Assert.Throws<InvalidDataException>(() => QueueDatabase.Open(folder, sync: false));
        Assert.Contains("format 2", error.Message, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    private static void Fill(QueueStorage storage, int orders)
    {
        var lane = storage.Lane("up");
        var bytes = new byte[ArtifactId.Length];
        for (var i = 0; i < orders; i++)
        {
            BitConverter.TryWriteBytes(bytes, i * 2_654_435_761L);
            UploadOrder order = new("", new ArtifactId(bytes), UploadOperation.Put);
            storage.Transaction!.Append(lane, order, now: 1, limit: int.MaxValue);
            if (i % 5000 == 4999)
            {
                storage.Transaction.Commit();
            }
        }
    }

    private static string Hex(Action<ArrayBufferWriter<byte>> write)
    {
        ArrayBufferWriter<byte> buffer = new();
        write(buffer);
        return Convert.ToHexStringLower(buffer.WrittenSpan);
    }
}
