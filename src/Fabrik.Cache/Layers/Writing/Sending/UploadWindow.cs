using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Layers.Writing.Storage;

namespace Fabrik.Cache.Layers.Writing.Sending;

/// <summary>
/// The orders of an upstream that are in memory: read from the queue, being worked on, or waiting to be tried again.
/// There is one for an artifact at a time; a newer one waits until the older has ended, and takes the place of one
/// that was not begun. So the order of what happens to an artifact is kept, however many work.
/// </summary>
internal sealed class UploadWindow
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ArtifactId, UploadTicket> _current = [];
    private readonly PriorityQueue<UploadTicket, long> _delayed = new();
    private ulong _cursor;

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _current.Count;
            }
        }
    }

    /// <summary>When the next one is to be tried again, in Unix milliseconds; null for none.</summary>
    public long? NextDue
    {
        get
        {
            lock (_lock)
            {
                return _delayed.TryPeek(out _, out var due) ? due : null;
            }
        }
    }

    /// <summary>Since when the oldest waits, in Unix milliseconds; null when there is none.</summary>
    public long? Oldest
    {
        get
        {
            lock (_lock)
            {
                return _current.Count == 0 ? null : _current.Values.Min(ticket => ticket.Record.EnqueuedAt);
            }
        }
    }

    /// <summary>Takes over orders that were read up to a sequence, and lists those that can be begun.</summary>
    public void Admit(IEnumerable<OrderRecord> orders, ulong cursor, List<UploadTicket> admitted)
    {
        lock (_lock)
        {
            _cursor = Math.Max(_cursor, cursor);
            foreach (var order in orders)
            {
                if (!IsKnown(order) && Place(new UploadTicket(order)) is { } ticket)
                {
                    admitted.Add(ticket);
                }
            }
        }
    }

    /// <summary>
    /// Takes over an order whose sender works on it himself: at once (it is running), or when it is its
    /// <see cref="UploadTicket.Turn"/>.
    /// </summary>
    public UploadTicket Claim(OrderRecord order)
    {
        lock (_lock)
        {
            if (_current.TryGetValue(order.Order.Id, out var running) && running.IsRunning)
            {
                TaskCompletionSource<bool> turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
                UploadTicket waiting = new(order) { Turn = turn };
                Place(waiting);
                return waiting;
            }

            UploadTicket ticket = new(order) { IsRunning = true };
            Place(ticket);
            return ticket;
        }
    }

    /// <summary>Begins an order; false when a newer one took its place.</summary>
    public bool TryStart(UploadTicket ticket)
    {
        lock (_lock)
        {
            ticket.IsRunning = !ticket.IsDropped;
            return ticket.IsRunning;
        }
    }

    /// <summary>An order has ended. Gives the one that follows it, for the caller to work on.</summary>
    public UploadTicket? Finish(UploadTicket ticket)
    {
        lock (_lock)
        {
            return FinishLocked(ticket);
        }
    }

    /// <summary>
    /// An order is to be tried again at a time, unless a newer one follows it, which is for the caller to work on.
    /// </summary>
    public UploadTicket? Postpone(UploadTicket ticket, long due)
    {
        lock (_lock)
        {
            ticket.IsRunning = false;
            if (ticket.Next is not null || ticket.Record.Sequence > _cursor)
            {
                // What has not been read from the queue yet, will be.
                return FinishLocked(ticket);
            }

            _delayed.Enqueue(ticket, due);
            return null;
        }
    }

    /// <summary>Gives up waiting for a turn; the order is begun by others. False when the turn has come.</summary>
    public bool TryLeave(UploadTicket ticket)
    {
        lock (_lock)
        {
            return ticket.Turn!.TrySetResult(false);
        }
    }

    /// <summary>Lists orders that are to be tried again now.</summary>
    public void TakeDue(long now, int count, List<UploadTicket> due)
    {
        lock (_lock)
        {
            while (due.Count < count && _delayed.TryPeek(out var ticket, out var at) && at <= now)
            {
                _delayed.Dequeue();
                if (!ticket.IsDropped)
                {
                    due.Add(ticket);
                }
            }
        }
    }

    private bool IsKnown(OrderRecord order) =>
        _current.TryGetValue(order.Order.Id, out var ticket)
        && (ticket.Next ?? ticket).Record.Sequence >= order.Sequence;

    /// <summary>Puts an order where it belongs; null when it has to wait for one that is worked on.</summary>
    private UploadTicket? Place(UploadTicket ticket)
    {
        var id = ticket.Record.Order.Id;
        if (_current.TryGetValue(id, out var older))
        {
            if (older.IsRunning)
            {
                older.Next?.Turn?.TrySetResult(false);
                older.Next = ticket;
                return null;
            }

            older.IsDropped = true;
        }

        _current[id] = ticket;
        return ticket;
    }

    private UploadTicket? FinishLocked(UploadTicket ticket)
    {
        ticket.IsRunning = false;
        var id = ticket.Record.Order.Id;
        if (ticket.Next is not { } next)
        {
            _current.Remove(id);
            return null;
        }

        _current[id] = next;
        next.IsRunning = true;
        return next.Turn is { } turn && turn.TrySetResult(true) ? null : next;
    }
}
