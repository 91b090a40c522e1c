namespace Fabrik.Memcached.Routing;

/// <summary>
/// Finds the first of many patterns that a key matches by walking down the beginnings that patterns share. Nodes lie
/// one after the other, those of one parent together.
/// </summary>
internal sealed class PatternTrie
{
    private readonly Node[] _nodes;
    private readonly byte[] _firstBytes;
    private readonly byte[] _labels;
    private readonly PatternEntry[] _entries;

    public PatternTrie(IEnumerable<PatternEntry> entries)
    {
        var root = new PatternTrieNode([]);
        foreach (var entry in entries)
        {
            root.Add(entry.Pattern.Prefix, entry);
        }

        var flat = new List<PatternTrieNode> { root };
        var nodes = new List<Node>();
        var labels = new List<byte>();
        var all = new List<PatternEntry>();
        for (var i = 0; i < flat.Count; i++)
        {
            var node = flat[i];
            nodes.Add(new Node(
                new Part(labels.Count, node.Label.Length), new Part(flat.Count, node.Children.Count),
                new Part(all.Count, node.Entries.Count), node.FindLowest()));
            labels.AddRange(node.Label);
            all.AddRange(node.Entries);
            flat.AddRange(node.Children);
        }

        _nodes = [.. nodes];
        _firstBytes = [.. flat.Select(static node => node.Label.Length > 0 ? node.Label[0] : (byte)0)];
        _labels = [.. labels];
        _entries = [.. all];
    }

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => _entries.Length == 0;

    /// <summary>The lowest index of a pattern that matches.</summary>
    /// <param name="key">The key.</param>
    /// <param name="command">The bit of the command.</param>
    /// <param name="below">What is found already; only what is below it is looked for.</param>
    public int FindLowest(ref KeyText key, ulong command, int below)
    {
        var at = 0;
        var index = 0;
        while (true)
        {
            ref readonly var node = ref _nodes[index];
            if (node.Lowest >= below || !key.Bytes[at..].StartsWith(node.Label.Of(_labels)))
            {
                return below;
            }

            at += node.Label.Length;
            below = FindHere(node.Entries.Of(_entries), ref key, command, below);
            if (at == key.Bytes.Length || node.Children.Length == 0)
            {
                return below;
            }

            var child = node.Children.Of(_firstBytes).IndexOf(key.Bytes[at]);
            if (child < 0)
            {
                return below;
            }

            index = node.Children.Start + child;
        }
    }

    private static int FindHere(ReadOnlySpan<PatternEntry> entries, ref KeyText key, ulong command, int below)
    {
        foreach (ref readonly var entry in entries)
        {
            if (entry.Index >= below)
            {
                break;
            }

            if ((entry.Commands & command) != 0 && entry.Pattern.IsMatch(ref key))
            {
                return entry.Index;
            }
        }

        return below;
    }

    /// <summary>Some of a list.</summary>
    private readonly record struct Part(int Start, int Length)
    {
        public ReadOnlySpan<T> Of<T>(T[] list) => list.AsSpan(Start, Length);
    }

    private readonly record struct Node(Part Label, Part Children, Part Entries, int Lowest);
}

/// <summary>A route as it stands in a trie.</summary>
/// <param name="Index">Where it stands among the routes.</param>
/// <param name="Commands">The bits of its commands.</param>
/// <param name="Pattern">Its keys.</param>
internal readonly record struct PatternEntry(int Index, ulong Commands, RoutePattern Pattern);
