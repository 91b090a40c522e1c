namespace Fabrik.Memcached.Loop;

/// <summary>
/// Who is watched, by number. A number carries how often its place was used before, so that what is told late of one
/// that is gone is not taken for another one's.
/// </summary>
internal sealed class PollTable<T>
    where T : class
{
    private const int IndexBits = 20;
    private const int IndexMask = (1 << IndexBits) - 1;
    private const int GenerationMask = (1 << (31 - IndexBits)) - 1;

    private readonly Stack<int> _free = new();
    private T?[] _items = new T?[64];
    private int[] _generations = new int[64];
    private int _used;

    /// <summary>Sockets that one poller watches at most.</summary>
    public const int Capacity = IndexMask + 1;

    /// <summary>Adds one.</summary>
    /// <exception cref="InvalidOperationException">There are more than <see cref="Capacity"/>.</exception>
    public int Add(T item)
    {
        if (!_free.TryPop(out var index))
        {
            if (_used == Capacity)
            {
                throw new InvalidOperationException($"A loop watches {Capacity} sockets at most.");
            }

            index = _used++;
            if (index == _items.Length)
            {
                Array.Resize(ref _items, _items.Length * 2);
                Array.Resize(ref _generations, _generations.Length * 2);
            }
        }

        _items[index] = item;
        return (_generations[index] << IndexBits) | index;
    }

    /// <summary>The one with a number; null when it is gone.</summary>
    public T? Find(int handle)
    {
        var index = handle & IndexMask;
        return handle >= 0 && _generations[index] == handle >> IndexBits ? _items[index] : null;
    }

    /// <summary>Removes one.</summary>
    public void Remove(int handle)
    {
        if (Find(handle) is null)
        {
            return;
        }

        var index = handle & IndexMask;
        _items[index] = null;
        _generations[index] = (_generations[index] + 1) & GenerationMask;
        _free.Push(index);
    }
}
