namespace Fabrik.Observability.Metrics;

/// <summary>What a family is made with.</summary>
internal sealed record MetricFamilyOptions
{
    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>What it means, in a sentence.</summary>
    public required string Help { get; init; }

    /// <summary>The kind.</summary>
    public required MetricKind Kind { get; init; }

    /// <summary>Whether the last measurement counts, instead of the sum of all.</summary>
    public bool IsSet { get; init; }

    /// <summary>Whether the measurements are asked for at each collection.</summary>
    public bool IsObserved { get; init; }

    /// <summary>The upper bounds of a histogram's buckets, ascending.</summary>
    public double[] Bounds { get; init; } = [];
}

/// <summary>
/// A family and its series. Measurements find their series without a lock or an allocation: the table of what was seen
/// is replaced as a whole when something new is seen.
/// </summary>
internal sealed class MetricFamily(MetricFamilyOptions options)
{
    /// <summary>
    /// Series a family may have; the rest share one. A label that grows without end would fill the memory.
    /// </summary>
    public const int MaxSeries = 1000;

    // The same labels can come in several orders; the spellings are as bounded as the series.
    private const int MaxSpellings = 4 * MaxSeries;

    private readonly Lock _gate = new();
    private readonly Dictionary<MetricLabels, MetricSeries> _series = [];
    private SpellingTable _table = SpellingTable.Empty;
    private int _round;
    private volatile int _complete;

    /// <summary>What it was made with.</summary>
    public MetricFamilyOptions Options => options;

    /// <summary>The series that have a value now, in a stable order.</summary>
    public IReadOnlyList<MetricSeries> Series
    {
        get
        {
            lock (_gate)
            {
                // Not the round that runs: another collection may be half way through its questions.
                int since = _complete;
                IEnumerable<MetricSeries> current = _series.Values.Where(series => series.IsSince(since));
                return [.. current.OrderBy(SortKey, StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>The sum over all series.</summary>
    public double Total => Series.Sum(series => series.Value);

    /// <summary>Begins a collection: series that are not told of until it ends are gone.</summary>
    public void BeginRound() => _round++;

    /// <summary>Ends a collection.</summary>
    public void EndRound() => _complete = options.IsObserved ? _round : 0;

    /// <summary>Takes a measurement.</summary>
    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        MetricSeries? series = Volatile.Read(ref _table).Find(tags);
        (series ?? Add(tags)).Record(value, options.IsObserved ? _round : 0);
    }

    /// <summary>Takes a histogram that somebody else has counted.</summary>
    public void Record(HistogramSample sample) =>
        (Volatile.Read(ref _table).Find(sample.Tags) ?? Add(sample.Tags)).Record(sample, _round);

    private MetricSeries Add(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        MetricLabels labels = MetricLabels.Of(tags);
        lock (_gate)
        {
            if (!_series.TryGetValue(labels, out MetricSeries? series))
            {
                labels = _series.Count < MaxSeries ? labels : MetricLabels.Overflow;
                if (!_series.TryGetValue(labels, out series))
                {
                    series = Make(labels);
                    _series.Add(labels, series);
                }
            }

            if (_table.Count < MaxSpellings && !labels.Equals(MetricLabels.Overflow))
            {
                Volatile.Write(ref _table, _table.With(tags, series));
            }

            return series;
        }
    }

    private MetricSeries Make(MetricLabels labels) => options switch
    {
        { Kind: MetricKind.Histogram } => MetricSeries.Sorting(labels, options.Bounds),
        { IsSet: true } => MetricSeries.Setting(labels),
        _ => MetricSeries.Adding(labels),
    };

    private static string SortKey(MetricSeries series)
    {
        string key = "";
        foreach ((string name, string value) in series.Labels.Pairs)
        {
            key += $"{name}\0{value}\0";
        }

        return key;
    }
}
