using System.Diagnostics.Metrics;
using Fabrik.Observability.Metrics;
using Xunit;

namespace Fabrik.UnitTests.Observability.Metrics;

public sealed class MetricRegistryTests : IDisposable
{
    private readonly MetersFixture _meters = new();

    public void Dispose() => _meters.Dispose();

    [Fact]
    public void Tags_InAnyOrder_MeanOneSeries()
    {
        Counter<long> hits = _meters.Meter.CreateCounter<long>("hits");
        hits.Add(1, new("a", "1"), new("b", "2"));
        hits.Add(2, new("b", "2"), new("a", "1"));
        Sample sample = Assert.Single(_meters.Scrape().Single().Samples);
        Assert.Equal(3, sample.Value);
        Assert.Equal([("a", "1"), ("b", "2")], sample.Labels);
    }

    [Fact]
    public void Tags_WithSameValuesUnderOtherNames_AreOtherSeries()
    {
        Counter<long> hits = _meters.Meter.CreateCounter<long>("hits");
        hits.Add(1, new KeyValuePair<string, object?>("a", "1"));
        hits.Add(2, new KeyValuePair<string, object?>("b", "1"));
        Assert.Equal([1, 2], _meters.Scrape().Single().Samples.Select(sample => sample.Value));
    }

    [Fact]
    public void Tags_ThatNameALabelTwice_GiveTheLast()
    {
        _meters.Meter.CreateCounter<long>("hits").Add(1, new("a.b", "1"), new("a_b", "2"));
        Assert.Equal([("a_b", "2")], _meters.Scrape().Single().Samples.Single().Labels);
    }

    [Fact]
    public void TagValues_OfSeveralTypes_AreInvariantText()
    {
        _meters.Meter.CreateCounter<long>("hits").Add(1, new("bool", true), new("none", null), new("num", 1.5));
        Assert.Equal(
            [("bool", "true"), ("none", ""), ("num", "1.5")], _meters.Scrape().Single().Samples.Single().Labels);
    }

    [Fact]
    public void Series_OfAFamily_AreInTheOrderOfTheirLabels()
    {
        Counter<long> hits = _meters.Meter.CreateCounter<long>("hits");
        foreach (string tool in (string[])["nx", "bazel", "gradle"])
        {
            hits.Add(1, new KeyValuePair<string, object?>("tool", tool));
        }

        IEnumerable<string> tools = _meters.Scrape().Single().Samples.Select(sample => sample.Label("tool"));
        Assert.Equal("bazel gradle nx", string.Join(' ', tools));
    }

    [Fact]
    public void LabelSets_PastTheLimit_ShareOneSeries()
    {
        const int Extra = 250;
        Counter<long> hits = _meters.Meter.CreateCounter<long>("hits");
        for (int i = 0; i < MetricFamily.MaxSeries + Extra; i++)
        {
            hits.Add(1, new KeyValuePair<string, object?>("key", i));
            hits.Add(1, new KeyValuePair<string, object?>("key", i));
        }

        IReadOnlyList<Sample> samples = _meters.Scrape().Single().Samples;
        Assert.Equal(MetricFamily.MaxSeries + 1, samples.Count);
        Sample overflow = samples.Single(sample => sample.Labels[0].Name == "overflow");
        Assert.Equal([("overflow", "true")], overflow.Labels);
        Assert.Equal(2 * Extra, overflow.Value);
        Assert.Equal(2 * (MetricFamily.MaxSeries + Extra), samples.Sum(sample => sample.Value));
    }

    [Fact]
    public void LabelSets_KnownBeforeTheLimit_KeepCounting()
    {
        Counter<long> hits = _meters.Meter.CreateCounter<long>("hits");
        for (int i = 0; i < MetricFamily.MaxSeries + 10; i++)
        {
            hits.Add(1, new KeyValuePair<string, object?>("key", i));
        }

        hits.Add(1, new KeyValuePair<string, object?>("key", 7));
        Sample known = _meters.Scrape().Single().Samples
            .Single(sample => sample.Labels[0] is ("key", "7"));
        Assert.Equal(2, known.Value);
    }

    [Fact]
    public async Task Measurements_OfManyThreads_AreAllCounted()
    {
        const int Threads = 8;
        const int Each = 5_000;
        Counter<long> hits = _meters.Meter.CreateCounter<long>("hits");
        Histogram<double> duration = _meters.Meter.CreateHistogram<double>("duration", "s");
        UpDownCounter<int> active = _meters.Meter.CreateUpDownCounter<int>("active");
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            for (int i = 0; i < Each; i++)
            {
                active.Add(1);
                hits.Add(1, new KeyValuePair<string, object?>("key", (i + thread) % 50));
                duration.Record(0.5);
                active.Add(-1);
            }
        })));
        Dictionary<string, ParsedFamily> families = _meters.Scrape().ToDictionary(
            family => family.Name, StringComparer.Ordinal);
        Assert.All(families["hits_total"].Samples, sample => Assert.Equal(Threads * Each / 50, sample.Value));
        Assert.Equal(50, families["hits_total"].Samples.Count);
        Assert.Equal(Threads * Each, families["duration_seconds"].Samples[^1].Value);
        Assert.Equal(Threads * Each * 0.5, families["duration_seconds"].Samples[^2].Value);
        Assert.Equal(0, families["active"].Samples.Single().Value);
    }

    [Fact]
    public async Task Scrapes_DuringMeasurements_AreWholeTexts()
    {
        Histogram<double> duration = _meters.Meter.CreateHistogram<double>("duration", "s");
        using CancellationTokenSource done = new();
        Task measuring = Task.Run(() =>
        {
            for (int i = 0; !done.IsCancellationRequested; i++)
            {
                duration.Record(i % 90, new KeyValuePair<string, object?>("key", i % 1500));
            }
        });
        for (int i = 0; i < 5; i++)
        {
            foreach (ParsedFamily family in _meters.Scrape())
            {
                IEnumerable<IGrouping<string, Sample>> series = family.Samples
                    .Where(sample => sample.Name.EndsWith("_bucket", StringComparison.Ordinal))
                    .GroupBy(sample => sample.Labels[0].Value, StringComparer.Ordinal);
                Assert.All(series, one => Assert.Equal(one.Select(Value).Order(), one.Select(Value)));
            }
        }

        await done.CancelAsync();
        await measuring;
    }

    [Fact]
    public void Scrape_WhileAnotherBegins_KeepsWhatWasObserved()
    {
        int asked = 0;
        IReadOnlyList<MetricFamily> first = [];
        int seen = -1;
        _meters.Meter.CreateObservableGauge("size", () =>
        {
            // The second collection is half way when the first one's families are written.
            if (++asked == 2)
            {
                seen = first.Single().Series.Count;
            }

            return 5;
        });
        first = _meters.Registry.Collect();
        _meters.Registry.Collect();
        Assert.Equal((2, 1), (asked, seen));
    }

    [Fact]
    public void ObservedSeries_ThatAreNotToldOfAnyMore_AreGone()
    {
        string[] tools = ["gradle", "nx"];
        _meters.Meter.CreateObservableGauge(
            "objects",
            () => tools.Select(tool => new Measurement<int>(1, new KeyValuePair<string, object?>("tool", tool))));
        Assert.Equal(2, _meters.Scrape().Single().Samples.Count);
        tools = ["nx"];
        Assert.Equal("nx", Assert.Single(_meters.Scrape().Single().Samples).Label("tool"));
        tools = [];
        Assert.Empty(_meters.Scrape());
    }

    [Fact]
    public void ObservedCounter_AtEachScrape_IsReplacedNotAdded()
    {
        long evictions = 5;
        _meters.Meter.CreateObservableCounter("evictions", () => evictions);
        Assert.Equal(5, _meters.Scrape().Single().Samples.Single().Value);
        evictions = 7;
        Assert.Equal(7, _meters.Scrape().Single().Samples.Single().Value);
    }

    [Fact]
    public void Gauge_SetTwice_HasTheLastValue()
    {
        Gauge<double> level = _meters.Meter.CreateGauge<double>("level");
        level.Record(4);
        level.Record(1.5);
        Assert.Equal(1.5, _meters.Scrape().Single().Samples.Single().Value);
    }

    [Fact]
    public void Observation_ThatFails_LeavesTheOthers()
    {
        bool isOpen = true;
        _meters.Meter.CreateObservableGauge(
            "broken", () => isOpen ? 1 : throw new ObjectDisposedException("store"));
        _meters.Meter.CreateObservableGauge("whole", () => 1);
        Assert.Equal("broken whole", Names());
        isOpen = false;
        Assert.Equal("whole", Names());
    }

    [Fact]
    public void Meter_ThatIsDisposed_LeavesItsCountsAndNoObservations()
    {
        Meter meter = _meters.NewMeter();
        Counter<long> hits = meter.CreateCounter<long>("hits");
        hits.Add(3);
        int asked = 0;
        meter.CreateObservableGauge("size", () => ++asked);
        Assert.Equal("hits_total size", Names());
        meter.Dispose();
        hits.Add(4);
        ParsedFamily left = Assert.Single(_meters.Scrape());
        Assert.Equal(("hits_total", 3), (left.Name, left.Samples.Single().Value));
        Assert.Equal(1, asked);
    }

    [Fact]
    public void Meters_OfOneName_CountInOneFamily()
    {
        Meter first = _meters.NewMeter();
        first.CreateCounter<long>("hits", null, "Hits.").Add(1);
        first.Dispose();
        _meters.NewMeter().CreateCounter<long>("hits", null, "Hits.").Add(2);
        Assert.Equal(3, Assert.Single(_meters.Scrape()).Samples.Single().Value);
    }

    [Fact]
    public void Meters_ThatAreNotWanted_AreNotHeard()
    {
        using Meter other = new("Some.Library");
        other.CreateCounter<long>("noise").Add(1);
        Assert.Empty(_meters.Scrape());
    }

    [Fact]
    public void Registry_ThatIsDisposed_HearsNoMore()
    {
        Counter<long> hits = _meters.Meter.CreateCounter<long>("hits");
        hits.Add(1);
        _meters.Registry.Dispose();
        hits.Add(1);
        Assert.Equal(1, _meters.Registry.Total("hits_total"));
    }

    [Fact]
    public void Total_OfAFamily_IsTheSumOfItsSeries()
    {
        Counter<long> hits = _meters.Meter.CreateCounter<long>("hits");
        hits.Add(1, new KeyValuePair<string, object?>("tool", "nx"));
        hits.Add(2, new KeyValuePair<string, object?>("tool", "gradle"));
        Assert.Equal(3, _meters.Registry.Total("hits_total"));
        Assert.Equal(0, _meters.Registry.Total("misses_total"));
    }

    private static double Value(Sample sample) => sample.Value;

    private string Names() => string.Join(' ', _meters.Scrape().Select(family => family.Name));
}
