namespace Fabrik.Cache.Eviction;

/// <summary>The keys that were touched since the store last asked, each once and a bounded number of them.</summary>
internal sealed class EntryChanges(EntryTable table)
{
    private readonly Queue<ulong> _keys = new();

    /// <summary>Queues a touched node, unless it is queued already or the queue is full.</summary>
    public void Note(ref EntryNode node)
    {
        if (!node.Changed && _keys.Count < EvictionLimits.MaxPendingChanges)
        {
            node.Changed = true;
            _keys.Enqueue(node.Key);
        }
    }

    /// <inheritdoc cref="IEvictionPolicy.TakeChanges"/>
    public int Take(Span<EvictionEntry> destination)
    {
        var count = 0;
        while (count < destination.Length && _keys.TryDequeue(out var key))
        {
            var index = table.Find(key);
            if (index != EntryTable.None && table[index].Changed)
            {
                table[index].Changed = false;
                destination[count++] = table.Describe(index);
            }
        }

        return count;
    }
}
