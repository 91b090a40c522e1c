using System.Globalization;

namespace Fabrik.EndToEndTests.Product;

/// <summary>The series of one scrape of <c>/metrics</c>, in the Prometheus text format.</summary>
internal sealed class MetricsSnapshot
{
    private readonly List<Series> _series = [];

    private MetricsSnapshot()
    {
    }

    public static MetricsSnapshot Parse(string text)
    {
        var snapshot = new MetricsSnapshot();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!line.StartsWith('#'))
            {
                snapshot._series.Add(ParseSeries(line));
            }
        }
        return snapshot;
    }

    /// <summary>The sum of all series of that name with all of those labels; 0 where there is none yet.</summary>
    public double Sum(string name, params (string Name, string Value)[] labels) =>
        _series
            .Where(series => series.Name == name && labels.All(label => series.Has(label.Name, label.Value)))
            .Sum(series => series.Value);

    public bool Knows(string name) => _series.Any(series => series.Name == name);

    private static Series ParseSeries(string line)
    {
        var brace = line.IndexOf('{', StringComparison.Ordinal);
        var close = line.LastIndexOf('}');
        var nameEnd = brace >= 0 ? brace : line.IndexOf(' ', StringComparison.Ordinal);
        var labels = brace >= 0 ? line[(brace + 1)..close] : "";
        var value = line[((brace >= 0 ? close : nameEnd) + 1)..].Trim().Split(' ')[0];
        return new Series(line[..nameEnd], "," + labels + ",", ParseValue(value));
    }

    private static double ParseValue(string value) =>
        value switch
        {
            "+Inf" => double.PositiveInfinity,
            "-Inf" => double.NegativeInfinity,
            _ => double.Parse(value, CultureInfo.InvariantCulture),
        };

    // The labels that are asked for have plain values, so a whole label is found as text between commas.
    private sealed record Series(string Name, string Labels, double Value)
    {
        public bool Has(string label, string value) =>
            Labels.Contains($",{label}=\"{value}\",", StringComparison.Ordinal);
    }
}
