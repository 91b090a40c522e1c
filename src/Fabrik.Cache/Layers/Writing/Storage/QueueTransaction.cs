using System.Buffers;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Native.RocksDb;

namespace Fabrik.Cache.Layers.Writing.Storage;

/// <summary>Changes of the queue that are written together. The lanes' heads follow once they are.</summary>
internal sealed class QueueTransaction(QueueDatabase database) : IDisposable
{
    private readonly RocksBatch _batch = new();
    private readonly ArrayBufferWriter<byte> _buffer = new(256);
    private readonly Dictionary<QueueLane, HeadRecord> _heads = [];

    /// <summary>
    /// Adds an order at the end of a lane, in the place of an older one for the same artifact: null when there is none
    /// and the lane has <paramref name="limit"/> orders already.
    /// </summary>
    public OrderRecord? Append(QueueLane lane, UploadOrder order, long now, int limit)
    {
        var head = HeadOf(lane);
        Span<byte> key = stackalloc byte[PlaceRecord.KeyLength];
        PlaceRecord.WriteKey(key, head.Number, order.Id);
        var before = database.ReadPlace(_batch, key);
        if (before is { } older)
        {
            order = order with { Operation = Merge(older.Operation, order.Operation) };
            head = Subtract(head, older);
            DeleteOrder(head, older.Sequence);
        }
        else if (head.Orders >= limit)
        {
            return null;
        }

        OrderRecord record = new(head.NextSequence, order, now);
        _buffer.ResetWrittenCount();
        new PlaceRecord(record.Sequence, order.Operation, order.Size).Write(_buffer);
        _batch.Put(database.Family(QueueFamilies.Places), key, _buffer.WrittenSpan);

        Span<byte> orderKey = stackalloc byte[OrderRecord.KeyLength];
        OrderRecord.WriteKey(orderKey, head.Number, record.Sequence);
        _buffer.ResetWrittenCount();
        record.Write(_buffer);
        _batch.Put(database.Family(QueueFamilies.Orders), orderKey, _buffer.WrittenSpan);
        _heads[lane] = head with
        {
            NextSequence = head.NextSequence + 1,
            Orders = head.Orders + 1,
            Deletions = head.Deletions + (order.Operation == UploadOperation.Delete ? 1 : 0),
            Bytes = head.Bytes + order.Size,
        };
        return record;
    }

    /// <summary>Removes an order, unless a newer one for its artifact has taken its place.</summary>
    public void Remove(QueueLane lane, ArtifactId id, ulong sequence)
    {
        var head = HeadOf(lane);
        Span<byte> key = stackalloc byte[PlaceRecord.KeyLength];
        PlaceRecord.WriteKey(key, head.Number, id);
        if (database.ReadPlace(_batch, key) is { } place && place.Sequence == sequence)
        {
            _batch.Delete(database.Family(QueueFamilies.Places), key);
            _heads[lane] = Subtract(head, place);
        }

        // Also when its place is gone or another's: nothing else would ever remove it.
        DeleteOrder(head, sequence);
    }

    /// <summary>Removes an order whose record is damaged, so that nothing else of it is known.</summary>
    public void RemoveDamaged(QueueLane lane, ulong sequence)
    {
        var head = HeadOf(lane);
        _heads[lane] = Subtract(head, new PlaceRecord(sequence, UploadOperation.Put, Size: 0));
        DeleteOrder(head, sequence);
    }

    /// <summary>Changes a head.</summary>
    public void SetHead(QueueLane lane, HeadRecord head) => _heads[lane] = head;

    /// <summary>Forgets a lane that has no orders left.</summary>
    public void Forget(QueueLane lane)
    {
        _heads.Remove(lane);
        _batch.Delete(database.Family(QueueFamilies.Meta), QueueDatabase.HeadKey(lane.Name));
    }

    /// <summary>Writes everything.</summary>
    /// <exception cref="RocksDbException">Nothing is written.</exception>
    public void Commit()
    {
        foreach (var (lane, head) in _heads)
        {
            _buffer.ResetWrittenCount();
            head.Write(_buffer);
            _batch.Put(database.Family(QueueFamilies.Meta), QueueDatabase.HeadKey(lane.Name), _buffer.WrittenSpan);
        }

        if (_batch.Count > 0)
        {
            database.Write(_batch);
            _batch.Clear();
        }

        foreach (var (lane, head) in _heads)
        {
            lane.Head = head;
        }

        _heads.Clear();
    }

    /// <summary>Forgets all changes.</summary>
    public void Abandon()
    {
        _batch.Clear();
        _heads.Clear();
    }

    /// <inheritdoc/>
    public void Dispose() => _batch.Dispose();

    /// <summary>
    /// What is to be done after two orders, of which the first may have been done, or not, or half. A put after a
    /// deletion must not meet what was to be deleted, nor one after a replacement what was to be replaced.
    /// </summary>
    internal static UploadOperation Merge(UploadOperation older, UploadOperation newer) =>
        newer == UploadOperation.Put && older != UploadOperation.Put ? UploadOperation.Replace : newer;

    private HeadRecord HeadOf(QueueLane lane) => _heads.TryGetValue(lane, out var head) ? head : lane.Head;

    private void DeleteOrder(HeadRecord head, ulong sequence)
    {
        Span<byte> key = stackalloc byte[OrderRecord.KeyLength];
        OrderRecord.WriteKey(key, head.Number, sequence);
        _batch.Delete(database.Family(QueueFamilies.Orders), key);
    }

    private static HeadRecord Subtract(HeadRecord head, PlaceRecord place) => head with
    {
        Orders = head.Orders - 1,
        Deletions = head.Deletions - (place.Operation == UploadOperation.Delete ? 1 : 0),
        Bytes = head.Bytes - place.Size,
    };
}
