namespace Fabrik.Memcached.Routing;

/// <summary>A node of a trie while it is made.</summary>
internal sealed class PatternTrieNode(byte[] label)
{
    /// <summary>The bytes between its parent and it; only the root has none.</summary>
    public byte[] Label { get; private set; } = label;

    /// <summary>What ends here, by index.</summary>
    public List<PatternEntry> Entries { get; private set; } = [];

    /// <summary>What goes on from here; no two begin with the same byte.</summary>
    public List<PatternTrieNode> Children { get; private set; } = [];

    /// <summary>Adds a route, which comes after those that were added.</summary>
    /// <param name="rest">What of its beginning lies below this node.</param>
    /// <param name="entry">The route.</param>
    public void Add(ReadOnlySpan<byte> rest, PatternEntry entry)
    {
        var node = this;
        while (!rest.IsEmpty)
        {
            var child = node.FindChild(rest[0]);
            if (child is null)
            {
                child = new PatternTrieNode(rest.ToArray());
                node.Children.Add(child);
            }

            var common = rest.CommonPrefixLength(child.Label);
            if (common < child.Label.Length)
            {
                child.Split(common);
            }

            rest = rest[common..];
            node = child;
        }

        node.Entries.Add(entry);
    }

    /// <summary>The lowest index here and below.</summary>
    public int FindLowest()
    {
        var lowest = int.MaxValue;
        var open = new Stack<PatternTrieNode>([this]);
        while (open.TryPop(out var node))
        {
            lowest = node.Entries.Count == 0 ? lowest : Math.Min(lowest, node.Entries[0].Index);
            node.Children.ForEach(open.Push);
        }

        return lowest;
    }

    private PatternTrieNode? FindChild(byte first)
    {
        foreach (var child in Children)
        {
            if (child.Label[0] == first)
            {
                return child;
            }
        }

        return null;
    }

    private void Split(int length)
    {
        var lower = new PatternTrieNode(Label[length..]) { Entries = Entries, Children = Children };
        Label = Label[..length];
        Entries = [];
        Children = [lower];
    }
}
