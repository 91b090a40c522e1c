namespace Fabrik.Observability.Metrics;

/// <summary>Which series a set of tags means, as it is spelt by the code that measures. Immutable.</summary>
internal sealed class SpellingTable
{
    private readonly Slot?[] _slots;

    private SpellingTable(Slot?[] slots, int count)
    {
        _slots = slots;
        Count = count;
    }

    public static SpellingTable Empty { get; } = new(new Slot?[8], 0);

    /// <summary>The spellings that are known.</summary>
    public int Count { get; }

    /// <summary>Finds a series; null where the spelling is new.</summary>
    public MetricSeries? Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        int mask = _slots.Length - 1;
        int hash = Hash(tags);
        // Never full (With grows it), so the search ends at a free slot.
        for (int at = hash & mask; _slots[at] is { } slot; at = (at + 1) & mask)
        {
            if (slot.Hash == hash && AreSame(slot.Tags, tags))
            {
                return slot.Series;
            }
        }

        return null;
    }

    /// <summary>The table with one spelling more.</summary>
    public SpellingTable With(ReadOnlySpan<KeyValuePair<string, object?>> tags, MetricSeries series)
    {
        if (Find(tags) is not null)
        {
            return this;
        }

        Slot?[] slots = new Slot?[(Count + 1) * 2 > _slots.Length ? _slots.Length * 2 : _slots.Length];
        foreach (Slot slot in _slots.OfType<Slot>())
        {
            Insert(slots, slot);
        }

        Insert(slots, new Slot(Hash(tags), tags.ToArray(), series));
        return new SpellingTable(slots, Count + 1);
    }

    private static void Insert(Slot?[] slots, Slot slot)
    {
        int at = slot.Hash & (slots.Length - 1);
        while (slots[at] is not null)
        {
            at = (at + 1) & (slots.Length - 1);
        }

        slots[at] = slot;
    }

    private static int Hash(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        int hash = tags.Length;
        foreach (KeyValuePair<string, object?> tag in tags)
        {
            hash = (hash * 31) + (tag.Value?.GetHashCode() ?? 0);
        }

        return hash;
    }

    private static bool AreSame(KeyValuePair<string, object?>[] known, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (known.Length != tags.Length)
        {
            return false;
        }

        for (int i = 0; i < tags.Length; i++)
        {
            if (known[i].Key != tags[i].Key || !Equals(known[i].Value, tags[i].Value))
            {
                return false;
            }
        }

        return true;
    }

    private sealed record Slot(int Hash, KeyValuePair<string, object?>[] Tags, MetricSeries Series);
}
