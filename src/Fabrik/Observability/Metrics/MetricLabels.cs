using System.Globalization;

namespace Fabrik.Observability.Metrics;

/// <summary>Labels, sorted by name, each name once.</summary>
internal sealed class MetricLabels : IEquatable<MetricLabels>
{
    private readonly KeyValuePair<string, string>[] _pairs;

    private MetricLabels(KeyValuePair<string, string>[] pairs) => _pairs = pairs;

    /// <summary>What measurements go under once a family has all the series that it may have.</summary>
    public static MetricLabels Overflow { get; } = new([new("overflow", "true")]);

    /// <summary>The labels.</summary>
    public ReadOnlySpan<KeyValuePair<string, string>> Pairs => _pairs;

    /// <summary>Makes labels of tags. Of a name that comes twice the last counts.</summary>
    public static MetricLabels Of(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        SortedDictionary<string, string> sorted = new(StringComparer.Ordinal);
        foreach ((string name, object? value) in tags)
        {
            sorted[MetricName.Clean(name)] = Text(value);
        }

        return new MetricLabels([.. sorted]);
    }

    public bool Equals(MetricLabels? other) => other is not null && _pairs.AsSpan().SequenceEqual(other._pairs);

    public override bool Equals(object? obj) => Equals(obj as MetricLabels);

    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (KeyValuePair<string, string> pair in _pairs)
        {
            hash.Add(pair.Value, StringComparer.Ordinal);
        }

        return hash.ToHashCode();
    }

    private static string Text(object? value) => value switch
    {
        null => "",
        string text => text,
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
