namespace Fabrik.Server.Adapters.Bazel.Explain;

/// <summary>
/// Counts by name, for so many names; what comes after them is counted together. Not for several threads at a time.
/// </summary>
internal sealed class CountTable(int maxNames)
{
    private readonly Dictionary<string, LookupCounts> _counts = new(StringComparer.Ordinal);
    private readonly LookupCounts _others = new() { Name = ActionJournal.Other };

    /// <summary>Counts.</summary>
    /// <returns>The name that it was counted under.</returns>
    public string Count(string name, LookupOutcome outcome)
    {
        if (!_counts.TryGetValue(name, out var counts))
        {
            counts = _counts.Count < maxNames ? new LookupCounts { Name = name } : _others;
            if (!ReferenceEquals(counts, _others))
            {
                _counts.Add(name, counts);
            }
        }

        counts.Count(outcome);
        return counts.Name;
    }

    /// <summary>What was counted, as it is now; the others only if there are some.</summary>
    public List<LookupCounts> Copy()
    {
        var none = new LookupCounts { Name = ActionJournal.Other };
        var copy = _counts.Values.Select(static counts => counts with { }).ToList();
        if (_others != none)
        {
            copy.Add(_others with { });
        }

        return copy;
    }
}
