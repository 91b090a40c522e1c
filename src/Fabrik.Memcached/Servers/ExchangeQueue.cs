namespace Fabrik.Memcached.Servers;

/// <summary>What waits on a connection, in the order in which answers come.</summary>
internal sealed class ExchangeQueue
{
    private Exchange[] _items = new Exchange[64];
    private int _head;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>One of them, counted from the oldest.</summary>
    public ref Exchange this[int index] => ref _items[(_head + index) & (_items.Length - 1)];

    /// <summary>When the oldest one was accepted for which somebody waits, in timestamps; null without one.</summary>
    public long? OldestAwaited
    {
        get
        {
            for (var i = 0; i < Count; i++)
            {
                if (this[i].Waiter is not null)
                {
                    return this[i].Since;
                }
            }

            return null;
        }
    }

    /// <summary>Adds one.</summary>
    public ref Exchange Add()
    {
        if (Count == _items.Length)
        {
            var larger = new Exchange[_items.Length * 2];
            for (var i = 0; i < Count; i++)
            {
                larger[i] = this[i];
            }

            (_items, _head) = (larger, 0);
        }

        Count++;
        return ref this[Count - 1];
    }

    /// <summary>Takes the oldest away.</summary>
    public void Remove()
    {
        this[0] = default;
        _head = (_head + 1) & (_items.Length - 1);
        Count--;
    }

    /// <summary>Takes those away for which nobody waits, and lets go of their requests.</summary>
    /// <param name="from">Where to begin.</param>
    public void DropAnswered(int from)
    {
        var kept = from;
        for (var i = from; i < Count; i++)
        {
            if (this[i].Waiter is null)
            {
                this[i].Request.Release();
            }
            else
            {
                this[kept++] = this[i];
            }
        }

        while (Count > kept)
        {
            this[Count - 1] = default;
            Count--;
        }
    }
}
