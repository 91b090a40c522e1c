using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Fabrik.Cache.Native.RocksDb;

namespace Fabrik.Cache.Layers.Writing.Storage;

/// <summary>
/// The open queue on disk (docs/formats/queue.md). For one thread at a time: <see cref="QueueWriter"/> sees to that.
/// </summary>
internal sealed class QueueDatabase : IDisposable
{
    /// <summary>The version that this code reads and writes.</summary>
    public const uint Version = 1;

    private const string HeadPrefix = "upstream/";

    private readonly RocksDatabase _db;

    private QueueDatabase(RocksDatabase db) => _db = db;

    /// <summary>Records read since the opening: what it costs, whatever the clock says.</summary>
    public long RecordsRead { get; private set; }

    private static ReadOnlySpan<byte> FormatKey => "format"u8;

    /// <summary>Opens the queue in a folder, and makes it when it is not there.</summary>
    /// <exception cref="RocksDbException">The disk failed, or the database is damaged.</exception>
    /// <exception cref="InvalidDataException">A newer Fabrik wrote it, or its records are damaged.</exception>
    public static QueueDatabase Open(string folder, bool sync)
    {
        Directory.CreateDirectory(folder);

        // A queue that keeps up lives in its write buffers. Ten megabytes in all.
        RocksDatabase db = new(new RocksDatabaseOptions
        {
            Folder = folder,
            Families =
            [
                new("default", 256 * 1024),
                new("orders", 2 * 1024 * 1024),
                new("places", 2 * 1024 * 1024),
            ],
            SyncWrites = sync,
            BlockCacheBytes = 4 * 1024 * 1024,
            MaxOpenFiles = 64,
            MaxLogBytes = 16 * 1024 * 1024,
        });
        try
        {
            QueueDatabase opened = new(db);
            opened.CheckFormat(folder);
            return opened;
        }
        catch
        {
            db.Dispose();
            throw;
        }
    }

    /// <summary>The handle of a column family, for a batch.</summary>
    public nint Family(int family) => _db.Family(family);

    /// <summary>The upstreams that there are or were.</summary>
    /// <exception cref="InvalidDataException">A record is damaged.</exception>
    public IReadOnlyList<QueueLane> ReadLanes()
    {
        List<QueueLane> lanes = [];
        var prefix = Encoding.UTF8.GetBytes(HeadPrefix);
        using var walk = _db.Iterate(QueueFamilies.Meta);
        for (var found = walk.Seek(prefix); found && walk.Key.StartsWith(prefix); found = walk.Next())
        {
            RecordsRead++;
            var name = Encoding.UTF8.GetString(walk.Key[prefix.Length..]);
            var head = HeadRecord.Read(walk.Value)
                ?? throw new InvalidDataException($"the record of the queue for upstream \"{name}\" is damaged");
            lanes.Add(new QueueLane(name, head));
        }

        return lanes;
    }

    /// <summary>
    /// Reads orders of an upstream behind a sequence, oldest first. One whose record is damaged has a null.
    /// </summary>
    public void ReadOrders(
        uint upstream, ulong after, int count, List<(ulong Sequence, OrderRecord? Order)> orders)
    {
        Span<byte> key = stackalloc byte[OrderRecord.KeyLength];
        OrderRecord.WriteKey(key, upstream, after + 1);
        using var walk = _db.Iterate(QueueFamilies.Orders);
        for (var found = walk.Seek(key); found && orders.Count < count; found = walk.Next())
        {
            if (OrderRecord.ReadKey(walk.Key, upstream) is not { } sequence)
            {
                return;
            }

            RecordsRead++;
            orders.Add((sequence, OrderRecord.Read(sequence, walk.Value)));
        }
    }

    /// <summary>Reads where the order for an artifact waits, as it will be once a batch is written.</summary>
    public PlaceRecord? ReadPlace(RocksBatch batch, ReadOnlySpan<byte> key) =>
        _db.Get(batch, QueueFamilies.Places, key) is { } value ? PlaceRecord.Read(value) : null;

    /// <summary>Reads where the order for an artifact waits.</summary>
    public PlaceRecord? ReadPlace(ReadOnlySpan<byte> key)
    {
        if (!_db.TryGet(QueueFamilies.Places, key, out var value))
        {
            return null;
        }

        using (value)
        {
            return PlaceRecord.Read(value.Bytes);
        }
    }

    /// <summary>Writes a batch, all or nothing.</summary>
    public void Write(RocksBatch batch) => _db.Write(batch);

    /// <summary>Spares the next opening the replay of the log.</summary>
    public void Flush() => _db.Flush();

    /// <summary>The key of an upstream's head.</summary>
    public static byte[] HeadKey(string name) => Encoding.UTF8.GetBytes(HeadPrefix + name);

    /// <inheritdoc/>
    public void Dispose() => _db.Dispose();

    private void CheckFormat(string folder)
    {
        if (_db.TryGet(QueueFamilies.Meta, FormatKey, out var value))
        {
            using (value)
            {
                var version = value.Bytes.Length == sizeof(uint)
                    ? BinaryPrimitives.ReadUInt32LittleEndian(value.Bytes)
                    : 0;
                if (version != Version)
                {
                    throw new InvalidDataException(
                        $"the upload queue in {folder} has format {version}, and this Fabrik reads format {Version}");
                }
            }

            return;
        }

        using RocksBatch batch = new();
        ArrayBufferWriter<byte> version1 = new(sizeof(uint));
        BinaryPrimitives.WriteUInt32LittleEndian(version1.GetSpan(sizeof(uint)), Version);
        version1.Advance(sizeof(uint));
        batch.Put(Family(QueueFamilies.Meta), FormatKey, version1.WrittenSpan);
        _db.Write(batch);
    }
}
