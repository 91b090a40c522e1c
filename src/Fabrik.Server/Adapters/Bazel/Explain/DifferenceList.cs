using System.Globalization;

namespace Fabrik.Server.Adapters.Bazel.Explain;

/// <summary>Collects differences, up to the limit of a comparison.</summary>
internal sealed class DifferenceList
{
    private readonly List<ActionDifference> _differences = [];
    private readonly List<string> _unknown = [];

    /// <summary>Whether there were more than are kept.</summary>
    public bool IsCut { get; private set; }

    /// <summary>All of it.</summary>
    public ActionComparison ToComparison() =>
        new() { Differences = _differences, IsCut = IsCut, Unknown = _unknown };

    /// <summary>Something cannot be compared.</summary>
    public void Add(string unknown) => _unknown.Add(unknown);

    /// <summary>Adds two values, if they differ.</summary>
    public void Add(string area, string name, string? first, string? second)
    {
        if (string.Equals(first, second, StringComparison.Ordinal))
        {
            return;
        }

        if (_differences.Count == ActionComparison.MaxDifferences)
        {
            IsCut = true;
            return;
        }

        _differences.Add(new ActionDifference(area, name, first, second));
    }

    /// <summary>Compares what has the same name; of several with one name, the last counts.</summary>
    public void AddNamed(
        string area,
        IEnumerable<KeyValuePair<string, string>> first,
        IEnumerable<KeyValuePair<string, string>> second)
    {
        var (left, right) = (ByName(first), ByName(second));
        foreach (var (name, value) in left)
        {
            Add(area, name, value, right.GetValueOrDefault(name));
        }

        foreach (var (name, value) in right)
        {
            if (!left.ContainsKey(name))
            {
                Add(area, name, null, value);
            }
        }
    }

    /// <summary>Compares lists, between what they have in common at their beginnings and at their ends.</summary>
    public void AddListed(string area, IReadOnlyList<string> first, IReadOnlyList<string> second)
    {
        var shorter = Math.Min(first.Count, second.Count);
        var start = 0;
        while (start < shorter && first[start] == second[start])
        {
            start++;
        }

        var end = 0;
        while (end < shorter - start && first[first.Count - 1 - end] == second[second.Count - 1 - end])
        {
            end++;
        }

        for (var at = start; at < Math.Max(first.Count, second.Count) - end; at++)
        {
            Add(
                area,
                (at + 1).ToString(CultureInfo.InvariantCulture),
                at < first.Count - end ? first[at] : null,
                at < second.Count - end ? second[at] : null);
        }
    }

    private static SortedDictionary<string, string> ByName(IEnumerable<KeyValuePair<string, string>> pairs)
    {
        var named = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in pairs)
        {
            named[name] = value;
        }

        return named;
    }
}
