namespace Fabrik.Cache.Eviction;

/// <summary>
/// All entries of a policy, found by key: nodes in a <see cref="SegmentedArray{T}"/>, chained into the buckets of a
/// linear hash table (Litwin 1980), which grows by splitting one bucket for each insertion instead of all at once.
/// </summary>
internal sealed class EntryTable
{
    /// <summary>The index that means "no node".</summary>
    public const int None = -1;

    /// <summary>The list of a node that stands in a heap instead.</summary>
    public const byte InHeap = 254;

    private const byte Freed = 255;
    private const int FirstBuckets = 1024;
    private const int MaxBuckets = 1 << 30;

    private readonly SegmentedArray<EntryNode> _nodes = new();
    private readonly SegmentedArray<int> _buckets = new();
    private int _used;
    private int _free = None;
    private int _level = FirstBuckets;
    private int _split;

    public EntryTable()
    {
        _buckets.Reserve(FirstBuckets);
        for (var i = 0; i < FirstBuckets; i++)
        {
            _buckets[i] = None;
        }
    }

    /// <summary>How many entries there are.</summary>
    public int Count { get; private set; }

    /// <summary>The sum of their sizes.</summary>
    public long Bytes { get; private set; }

    /// <summary>The node at an index.</summary>
    public ref EntryNode this[int index] => ref _nodes[index];

    /// <summary>The index of a key's node, or <see cref="None"/>.</summary>
    public int Find(ulong key)
    {
        var index = _buckets[BucketOf(key)];
        while (index != None)
        {
            ref var node = ref _nodes[index];
            if (node.Key == key)
            {
                return index;
            }

            index = node.Chain;
        }

        return None;
    }

    /// <summary>Adds a node for a key that has none.</summary>
    public int Insert(ulong key)
    {
        if (Count >= _level + _split)
        {
            SplitOne();
        }

        var index = _free;
        if (index == None)
        {
            index = _used++;
            _nodes.Reserve(_used);
        }
        else
        {
            _free = _nodes[index].Chain;
        }

        ref var bucket = ref _buckets[BucketOf(key)];
        _nodes[index] = new EntryNode { Key = key, Chain = bucket };
        bucket = index;
        Count++;
        return index;
    }

    /// <summary>Sets a node's size and accounts for it.</summary>
    public void SetSize(int index, long size)
    {
        ref var node = ref _nodes[index];
        Bytes += size - node.Size;
        node.Size = size;
    }

    /// <summary>Takes a node, which is in no list any more, out of the table.</summary>
    public void Delete(int index)
    {
        ref var node = ref _nodes[index];
        ref var link = ref _buckets[BucketOf(node.Key)];
        while (link != index)
        {
            link = ref _nodes[link].Chain;
        }

        link = node.Chain;
        Bytes -= node.Size;
        node = new EntryNode { Chain = _free, List = Freed };
        _free = index;
        Count--;
    }

    /// <summary>What is known of the entry at an index.</summary>
    public EvictionEntry Describe(int index)
    {
        ref var node = ref _nodes[index];
        var expiry = node.List == InHeap && node.HeapExpiry != EvictionTime.Never ? node.HeapExpiry : 0;
        return new EvictionEntry(node.Key, node.Size, node.LastAccess, node.Frequency, expiry);
    }

    /// <summary>What is known of a key's entry.</summary>
    public bool TryDescribe(ulong key, out EvictionEntry entry)
    {
        var index = Find(key);
        entry = index == None ? default : Describe(index);
        return index != None;
    }

    /// <inheritdoc cref="IEvictionPolicy.Export"/>
    public int Export(ref int cursor, Span<EvictionEntry> destination)
    {
        var count = 0;
        for (; cursor < _used && count < destination.Length; cursor++)
        {
            if (_nodes[cursor].List != Freed)
            {
                destination[count++] = Describe(cursor);
            }
        }

        return count;
    }

    private int BucketOf(ulong key)
    {
        var bucket = (int)(key & (uint)(_level - 1));
        return bucket < _split ? (int)(key & (uint)((_level * 2) - 1)) : bucket;
    }

    private void SplitOne()
    {
        var oldBucket = _split;
        var newBucket = _level + _split;
        if (newBucket >= MaxBuckets)
        {
            return;
        }

        _buckets.Reserve(newBucket + 1);
        _buckets[newBucket] = None;
        var index = _buckets[oldBucket];
        _buckets[oldBucket] = None;
        var wide = (uint)((_level * 2) - 1);
        while (index != None)
        {
            ref var node = ref _nodes[index];
            var next = node.Chain;
            ref var bucket = ref _buckets[(int)(node.Key & wide)];
            node.Chain = bucket;
            bucket = index;
            index = next;
        }

        _split++;
        if (_split == _level)
        {
            _level *= 2;
            _split = 0;
        }
    }
}
