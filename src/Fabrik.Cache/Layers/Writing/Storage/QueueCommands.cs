using Fabrik.Cache.Artifacts;

namespace Fabrik.Cache.Layers.Writing.Storage;

/// <summary>Where an order goes.</summary>
/// <param name="Lane">The upstream's lane.</param>
/// <param name="Limit">Orders that may wait there.</param>
/// <param name="Written">Told of the order once it is written; of null when the lane is full.</param>
internal sealed record AppendTarget(QueueLane Lane, int Limit, Action<OrderRecord?> Written);

/// <summary>Adds an order to lanes.</summary>
internal sealed class AppendCommand(UploadOrder order, IReadOnlyList<AppendTarget> targets, long now) : QueueCommand
{
    private readonly OrderRecord?[] _records = new OrderRecord?[targets.Count];

    public override void Apply(QueueDatabase database, QueueTransaction transaction)
    {
        for (var i = 0; i < targets.Count; i++)
        {
            _records[i] = transaction.Append(targets[i].Lane, order, now, targets[i].Limit);
        }
    }

    public override void Written()
    {
        for (var i = 0; i < targets.Count; i++)
        {
            targets[i].Written(_records[i]);
        }
    }
}

/// <summary>Reads the next orders of a lane.</summary>
internal sealed class LoadCommand(QueueLane lane, int count, Action<LoadCommand> written) : QueueCommand
{
    private readonly List<(ulong Sequence, OrderRecord? Order)> _read = new(count);

    public override bool ReadsOrders => true;

    /// <summary>The orders, oldest first.</summary>
    public IEnumerable<OrderRecord> Orders =>
        _read.Where(read => read.Order is not null).Select(read => read.Order!.Value);

    /// <summary>How many could not be read, and are removed.</summary>
    public int Damaged { get; private set; }

    /// <summary>Whether there may be more.</summary>
    public bool IsFull => _read.Count == count;

    /// <summary>Up to where the lane has been read.</summary>
    public ulong Cursor { get; private set; }

    public override void Apply(QueueDatabase database, QueueTransaction transaction)
    {
        database.ReadOrders(lane.Head.Number, lane.Cursor, count, _read);
        Cursor = _read.Count == 0 ? lane.Cursor : _read[^1].Sequence;
        foreach (var (sequence, order) in _read)
        {
            if (order is null)
            {
                Damaged++;
                transaction.RemoveDamaged(lane, sequence);
            }
        }
    }

    public override void Written()
    {
        lane.Cursor = Cursor;
        written(this);
    }
}

/// <summary>Removes an order that has come to its end.</summary>
internal sealed class SettleCommand(QueueLane lane, ArtifactId id, ulong sequence, Action written) : QueueCommand
{
    public override void Apply(QueueDatabase database, QueueTransaction transaction) =>
        transaction.Remove(lane, id, sequence);

    public override void Written() => written();
}

/// <summary>Asks whether a deletion of an artifact waits in one of some lanes.</summary>
internal sealed class FindDeletionCommand(ArtifactId id, IReadOnlyList<QueueLane> lanes) : QueueCommand
{
    public override bool ReadsOrders => true;

    /// <summary>Whether one does.</summary>
    public bool IsFound { get; private set; }

    public override void Apply(QueueDatabase database, QueueTransaction transaction)
    {
        Span<byte> key = stackalloc byte[PlaceRecord.KeyLength];
        foreach (var lane in lanes)
        {
            PlaceRecord.WriteKey(key, lane.Head.Number, id);
            IsFound |= database.ReadPlace(key)?.Operation == UploadOperation.Delete;
        }
    }
}

/// <summary>Removes some orders of a lane whose upstream is gone, and in the end the lane.</summary>
internal sealed class DropLaneCommand(QueueLane lane, Action<QueueLane> forgotten) : QueueCommand
{
    private const int MaxOrders = 256;

    private readonly List<(ulong Sequence, OrderRecord? Order)> _read = [];

    public override bool ReadsOrders => true;

    /// <summary>Whether nothing of it is left.</summary>
    public bool IsDone { get; private set; }

    public override void Apply(QueueDatabase database, QueueTransaction transaction)
    {
        database.ReadOrders(lane.Head.Number, after: 0, MaxOrders, _read);
        foreach (var (sequence, order) in _read)
        {
            if (order is { } known)
            {
                transaction.Remove(lane, known.Order.Id, sequence);
            }
            else
            {
                transaction.RemoveDamaged(lane, sequence);
            }
        }

        IsDone = _read.Count < MaxOrders;
        if (IsDone)
        {
            transaction.Forget(lane);
        }
    }

    public override void Written()
    {
        if (IsDone)
        {
            forgotten(lane);
        }
    }
}
