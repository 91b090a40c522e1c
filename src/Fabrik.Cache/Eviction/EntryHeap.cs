namespace Fabrik.Cache.Eviction;

/// <summary>A four-way heap of a table's nodes, earliest time first; each node knows its position.</summary>
internal sealed class EntryHeap(EntryTable table)
{
    private const int Ways = 4;

    private readonly SegmentedArray<int> _places = new();
    private int _count;

    /// <summary>The node that comes first; there must be one.</summary>
    public int First => _places[0];

    /// <summary>Takes a node in.</summary>
    public void Add(int index)
    {
        table[index].List = EntryTable.InHeap;
        _places.Reserve(_count + 1);
        Place(_count, index);
        _count++;
        Rise(_count - 1, index);
    }

    /// <summary>Takes a node out.</summary>
    public void Remove(int index)
    {
        var place = table[index].Previous;
        _count--;
        var last = _places[_count];
        if (last != index)
        {
            Place(place, last);
            Restore(last);
        }
    }

    /// <summary>Puts a node whose times changed where it belongs.</summary>
    public void Restore(int index)
    {
        Rise(table[index].Previous, index);
        Sink(table[index].Previous, index);
    }

    private void Rise(int place, int index)
    {
        while (place > 0)
        {
            var parent = (place - 1) / Ways;
            if (!Precedes(index, _places[parent]))
            {
                break;
            }

            Place(place, _places[parent]);
            place = parent;
        }

        Place(place, index);
    }

    private void Sink(int place, int index)
    {
        while (true)
        {
            var first = ((long)place * Ways) + 1;
            if (first >= _count)
            {
                break;
            }

            var least = (int)first;
            var end = (int)Math.Min(first + Ways, _count);
            for (var child = least + 1; child < end; child++)
            {
                least = Precedes(_places[child], _places[least]) ? child : least;
            }

            if (!Precedes(_places[least], index))
            {
                break;
            }

            Place(place, _places[least]);
            place = least;
        }

        Place(place, index);
    }

    private void Place(int place, int index)
    {
        _places[place] = index;
        table[index].Previous = place;
    }

    private bool Precedes(int left, int right)
    {
        ref var a = ref table[left];
        ref var b = ref table[right];
        return a.HeapExpiry != b.HeapExpiry ? a.HeapExpiry < b.HeapExpiry : a.LastAccess < b.LastAccess;
    }
}
