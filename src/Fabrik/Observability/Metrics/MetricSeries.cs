namespace Fabrik.Observability.Metrics;

/// <summary>The values of a family under one set of labels.</summary>
internal sealed class MetricSeries
{
    private readonly ShardedCells? _cells;
    private readonly double[]? _bounds;
    private long _last;
    private int _round;
    private HistogramSample? _sample;

    private MetricSeries(MetricLabels labels, ShardedCells? cells, double[]? bounds)
    {
        Labels = labels;
        _cells = cells;
        _bounds = bounds;
    }

    /// <summary>The labels, sorted by name.</summary>
    public MetricLabels Labels { get; }

    /// <summary>Measurements that are added up.</summary>
    public static MetricSeries Adding(MetricLabels labels) => new(labels, new ShardedCells(1), null);

    /// <summary>Measurements of which the last counts.</summary>
    public static MetricSeries Setting(MetricLabels labels) => new(labels, null, null);

    /// <summary>
    /// Measurements that are sorted under bounds: a column for each, one for what is above, one for the sum.
    /// </summary>
    public static MetricSeries Sorting(MetricLabels labels, double[] bounds) =>
        new(labels, new ShardedCells(bounds.Length + 2), bounds);

    /// <summary>The value: a sum, or what was set last.</summary>
    public double Value => _cells is null ? BitConverter.Int64BitsToDouble(Volatile.Read(ref _last)) : _cells.Sum(0);

    /// <summary>The sum of what a histogram has measured.</summary>
    public double HistogramSum => _sample?.Sum ?? _cells!.Sum(_bounds!.Length + 1);

    /// <summary>Takes a measurement.</summary>
    /// <param name="value">The measurement.</param>
    /// <param name="round">The collection that asked for it; 0 where it was not asked for.</param>
    public void Record(double value, int round)
    {
        _round = round;
        if (_cells is null)
        {
            Volatile.Write(ref _last, BitConverter.DoubleToInt64Bits(value));
        }
        else if (_bounds is null)
        {
            _cells.Add(0, value);
        }
        else
        {
            // What is no number is under no bound; a search takes it for the smallest.
            int at = double.IsNaN(value) ? _bounds.Length : Array.BinarySearch(_bounds, value);
            _cells.Increment(at < 0 ? ~at : at);
            _cells.Add(_bounds.Length + 1, value);
        }
    }

    /// <summary>Takes a histogram as somebody else has counted it, in the place of what was taken before.</summary>
    public void Record(HistogramSample sample, int round)
    {
        _sample = sample;
        _round = round;
    }

    /// <summary>Whether a series that is asked for at each collection was told of at this one or later.</summary>
    public bool IsSince(int round) => Volatile.Read(ref _round) >= round;

    /// <summary>Fills in how many measurements were at or below each bound, and all of them last.</summary>
    public void ReadBuckets(Span<long> atOrBelow)
    {
        long sum = 0;
        for (int i = 0; i <= _bounds!.Length; i++)
        {
            sum += _sample?.Counts[i] ?? _cells!.Count(i);
            atOrBelow[i] = sum;
        }
    }
}
