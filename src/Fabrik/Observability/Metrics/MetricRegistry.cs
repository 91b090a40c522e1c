using System.Diagnostics.Metrics;

namespace Fabrik.Observability.Metrics;

/// <summary>Listens to the instruments of some meters, and keeps what they measure for whoever asks.</summary>
internal sealed class MetricRegistry : IDisposable
{
    // Latencies of a cache: from what a hit in memory takes to what a large upload over a slow line takes.
    private static readonly double[] SecondsBounds =
        [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    private static readonly double[] BytesBounds =
        [1 << 10, 1 << 12, 1 << 14, 1 << 16, 1 << 18, 1 << 20, 1 << 22, 1 << 24, 1 << 26, 1 << 28, 1L << 30, 1L << 32];

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();
    private readonly List<(MetricFamily Family, Func<IEnumerable<HistogramSample>> Samples)> _observed = [];
    private readonly Func<Meter, bool> _wanted;

    /// <summary>Begins to listen, to the meters that are there and to those that come.</summary>
    public MetricRegistry(Func<Meter, bool> wanted)
    {
        _wanted = wanted;
        _listener.InstrumentPublished = Listen;
        _listener.SetMeasurementEventCallback<long>((_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, family) => Record(family, value, tags));
        _listener.Start();
    }

    /// <summary>The value of a family over all its labels; 0 where there is no such family.</summary>
    public double Total(string name)
    {
        lock (_gate)
        {
            return _families.TryGetValue(name, out MetricFamily? family) ? family.Total : 0;
        }
    }

    /// <summary>
    /// Shows histograms that somebody else counts and that are asked for at each collection: there is no instrument for
    /// such.
    /// </summary>
    public void Observe(MetricFamilyOptions options, Func<IEnumerable<HistogramSample>> samples)
    {
        lock (_gate)
        {
            MetricFamily family = new(options);
            _families.Add(options.Name, family);
            _observed.Add((family, samples));
        }
    }

    /// <summary>Asks what has to be asked for, and gives all families in the order of their names.</summary>
    public IReadOnlyList<MetricFamily> Collect()
    {
        MetricFamily[] families;
        lock (_gate)
        {
            families = [.. _families.Values];
            foreach (MetricFamily family in families)
            {
                family.BeginRound();
            }

            try
            {
                _listener.RecordObservableInstruments();
            }
            catch (AggregateException)
            {
                // An instrument that fails (what it measures is being closed) has no value; the others have.
            }

            foreach ((MetricFamily family, Func<IEnumerable<HistogramSample>> samples) in _observed)
            {
                foreach (HistogramSample sample in samples())
                {
                    family.Record(sample);
                }
            }

            foreach (MetricFamily family in families)
            {
                family.EndRound();
            }
        }

        return families;
    }

    public void Dispose() => _listener.Dispose();

    private static void Record(object? family, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        ((MetricFamily)family!).Record(value, tags);

    private void Listen(Instrument instrument, MeterListener listener)
    {
        if (!_wanted(instrument.Meter) || KindOf(instrument) is not { } kind)
        {
            return;
        }

        MetricFamilyOptions options = new()
        {
            Name = MetricName.Of(instrument, kind),
            Help = instrument.Description ?? "",
            Kind = kind,
            IsSet = instrument.IsObservable || instrument is Gauge<long> or Gauge<int> or Gauge<double>,
            IsObserved = instrument.IsObservable,
            Bounds = kind == MetricKind.Histogram ? BoundsOf(instrument) : [],
        };
        lock (_gate)
        {
            // Two meters of one name (a server that was started twice in one process) share the family.
            if (!_families.TryGetValue(options.Name, out MetricFamily? family))
            {
                family = new MetricFamily(options);
                _families.Add(options.Name, family);
            }

            listener.EnableMeasurementEvents(instrument, family);
        }
    }

    private static MetricKind? KindOf(Instrument instrument) => instrument switch
    {
        Counter<long> or Counter<int> or Counter<double> => MetricKind.Counter,
        ObservableCounter<long> or ObservableCounter<int> or ObservableCounter<double> => MetricKind.Counter,
        Histogram<long> or Histogram<int> or Histogram<double> => MetricKind.Histogram,
        UpDownCounter<long> or UpDownCounter<int> or UpDownCounter<double> => MetricKind.Gauge,
        Gauge<long> or Gauge<int> or Gauge<double> => MetricKind.Gauge,
        ObservableGauge<long> or ObservableGauge<int> or ObservableGauge<double> => MetricKind.Gauge,
        ObservableUpDownCounter<long> or ObservableUpDownCounter<int> => MetricKind.Gauge,
        ObservableUpDownCounter<double> => MetricKind.Gauge,
        _ => null,
    };

    private static double[] BoundsOf(Instrument instrument)
    {
        IEnumerable<double>? advised = instrument switch
        {
            Histogram<double> histogram => histogram.Advice?.HistogramBucketBoundaries,
            Histogram<long> histogram => histogram.Advice?.HistogramBucketBoundaries?.Select(Convert.ToDouble),
            Histogram<int> histogram => histogram.Advice?.HistogramBucketBoundaries?.Select(Convert.ToDouble),
            _ => null,
        };
        return advised?.ToArray() ?? (instrument.Unit == "By" ? BytesBounds : SecondsBounds);
    }
}
