using System.Diagnostics.Metrics;
using System.Globalization;
using Fabrik.Observability.Metrics;
using Xunit;

namespace Fabrik.UnitTests.Observability.Metrics;

public sealed class PrometheusTextTests : IDisposable
{
    private readonly MetersFixture _meters = new();

    public void Dispose() => _meters.Dispose();

    [Fact]
    public void ContentType_OfTheText_NamesVersionAndCharset() =>
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", PrometheusText.ContentType);

    [Fact]
    public void Write_OfAHistogramThatIsAskedFor_IsWhatWasCountedByThen()
    {
        long[] counts = [1, 0, 2];
        _meters.Registry.Observe(
            new MetricFamilyOptions
            {
                Name = "asked_seconds",
                Help = "Asked.",
                Kind = MetricKind.Histogram,
                IsObserved = true,
                Bounds = [0.5, 1],
            },
            () => counts.Length == 0 ? [] : [new HistogramSample([new("server", "a")], counts, 7.5)]);
        _meters.Text();
        counts[1] = 4;
        Assert.Equal(
            """
            # HELP asked_seconds Asked.
            # TYPE asked_seconds histogram
            asked_seconds_bucket{server="a",le="0.5"} 1
            asked_seconds_bucket{server="a",le="1"} 5
            asked_seconds_bucket{server="a",le="+Inf"} 7
            asked_seconds_sum{server="a"} 7.5
            asked_seconds_count{server="a"} 7

            """,
            _meters.Text());
        counts = [];
        Assert.Empty(_meters.Text());
    }

    [Fact]
    public void Write_OfEveryKind_IsThisText()
    {
        Counter<long> requests = _meters.Meter.CreateCounter<long>("requests", null, "Requests.");
        requests.Add(2, new("tool", "gradle"), new("kind", "ac"));
        _meters.Meter.CreateUpDownCounter<long>("active", null, "Active.").Add(-1);
        _meters.Meter.CreateObservableGauge("ratio", () => 0.25, null, "Ratio.");
        Histogram<double> duration = _meters.Meter.CreateHistogram(
            "duration", "s", "Durations.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1] });
        duration.Record(0.25);
        duration.Record(0.5);
        duration.Record(3);
        Assert.Equal(
            """
            # HELP active Active.
            # TYPE active gauge
            active -1
            # HELP duration_seconds Durations.
            # TYPE duration_seconds histogram
            duration_seconds_bucket{le="0.5"} 2
            duration_seconds_bucket{le="1"} 2
            duration_seconds_bucket{le="+Inf"} 3
            duration_seconds_sum 3.75
            duration_seconds_count 3
            # HELP ratio Ratio.
            # TYPE ratio gauge
            ratio 0.25
            # HELP requests_total Requests.
            # TYPE requests_total counter
            requests_total{kind="ac",tool="gradle"} 2

            """.ReplaceLineEndings("\n"),
            _meters.Text());
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("")]
    [InlineData("a\"b\\c\nd")]
    [InlineData("\\n is not a line end")]
    [InlineData("ends in \\")]
    [InlineData("} 7\n# TYPE forged counter\nforged 1")]
    [InlineData("tab\tcr\rnul\0")]
    [InlineData("ü€😀")]
    public void Label_WithAnyText_ReadsBack(string value)
    {
        _meters.Meter.CreateCounter<long>("hits").Add(1, new KeyValuePair<string, object?>("tool", value));
        ParsedFamily family = Assert.Single(_meters.Scrape());
        Assert.Equal(value, Assert.Single(family.Samples).Label("tool"));
    }

    [Theory]
    [InlineData("Quotes \"stay\", a \\ does not")]
    [InlineData("Two\nlines")]
    public void Help_WithAnyText_ReadsBack(string help)
    {
        _meters.Meter.CreateCounter<long>("hits", null, help).Add(1);
        Assert.Equal(help, Assert.Single(_meters.Scrape()).Help);
    }

    // Both alignments, so that one of them has the halves of a character in two chunks of the text.
    [Theory]
    [InlineData("")]
    [InlineData("a")]
    public void Label_WithCharactersAcrossChunks_ReadsBack(string before)
    {
        string value = before + string.Concat(Enumerable.Repeat("😀", 20_000));
        _meters.Meter.CreateCounter<long>("hits").Add(1, new KeyValuePair<string, object?>("tool", value));
        Assert.Equal(value, _meters.Scrape().Single().Samples.Single().Label("tool"));
    }

    [Fact]
    public void Label_WithHalfACharacter_IsStillUtf8()
    {
        _meters.Meter.CreateCounter<long>("hits").Add(1, new KeyValuePair<string, object?>("tool", "a\ud83d"));
        Assert.Equal("a\ufffd", _meters.Scrape().Single().Samples.Single().Label("tool"));
    }

    [Fact]
    public void Head_OfAFamilyWithManySeries_IsThereOnce()
    {
        Counter<long> hits = _meters.Meter.CreateCounter<long>("hits", null, "Hits.");
        foreach (int i in Enumerable.Range(0, 20))
        {
            hits.Add(1, new KeyValuePair<string, object?>("n", i));
        }

        // The parser refuses a second head.
        ParsedFamily family = Assert.Single(_meters.Scrape());
        Assert.Equal(("Hits.", "counter", 20), (family.Help, family.Type, family.Samples.Count));
    }

    [Fact]
    public void Family_WithoutAValue_IsLeftOut()
    {
        _meters.Meter.CreateCounter<long>("hits", null, "Hits.");
        Assert.Equal("", _meters.Text());
    }

    [Fact]
    public void Family_WithoutADescription_HasNoHelp()
    {
        _meters.Meter.CreateCounter<long>("hits").Add(1);
        Assert.Equal("# TYPE hits_total counter\nhits_total 1\n", _meters.Text());
    }

    [Theory]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(0.1, "0.1")]
    [InlineData(9007199254740992.0, "9007199254740992")]
    [InlineData(1e300, "1E+300")]
    [InlineData(-0.5, "-0.5")]
    public void Number_OfAValue_HasOneSpelling(double value, string text) =>
        Assert.Equal(text, PrometheusText.Number(value));

    [Fact]
    public void Buckets_OfEverySeries_AreCumulativeAndEndInAll()
    {
        const int Seed = 4711;
        Random random = new(Seed);
        Histogram<double> duration = _meters.Meter.CreateHistogram<double>("duration", "s");
        Dictionary<string, List<double>> recorded = new(StringComparer.Ordinal) { ["get"] = [], ["put"] = [] };
        for (int i = 0; i < 500; i++)
        {
            double value = Math.Pow(10, (random.NextDouble() * 7) - 4);
            string kind = i % 3 == 0 ? "put" : "get";
            duration.Record(value, new KeyValuePair<string, object?>("kind", kind));
            recorded[kind].Add(value);
        }

        ParsedFamily family = _meters.Scrape().Single();
        foreach ((string kind, List<double> values) in recorded)
        {
            Sample[] samples = [.. family.Samples.Where(sample => sample.Label("kind") == kind)];
            Sample[] buckets = [.. samples.Where(sample => sample.Name == "duration_seconds_bucket")];
            double[] bounds = [.. buckets.Select(bucket => Bound(bucket.Label("le")))];
            Assert.Equal(bounds.Order(), bounds);
            Assert.Equal(double.PositiveInfinity, bounds[^1]);
            Assert.All(buckets, bucket => Assert.Equal("le", bucket.Labels[^1].Name));
            Assert.All(bounds.Zip(buckets), pair => Assert.Equal(
                values.Count(value => value <= pair.First), pair.Second.Value));
            Assert.Equal(values.Sum(), samples.Single(sample => sample.Name == "duration_seconds_sum").Value, 6);
            Assert.Equal(values.Count, samples.Single(sample => sample.Name == "duration_seconds_count").Value);
        }
    }

    [Fact]
    public void Histogram_WithoutBounds_HasTheBucketOfAll()
    {
        Histogram<double> sizes = _meters.Meter.CreateHistogram(
            "sizes", null, null, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [] });
        sizes.Record(1.5);
        sizes.Record(2);
        Assert.Equal(
            "# TYPE sizes histogram\nsizes_bucket{le=\"+Inf\"} 2\nsizes_sum 3.5\nsizes_count 2\n", _meters.Text());
    }

    [Fact]
    public void Histogram_OfWholeNumbers_TakesTheAdvice()
    {
        Histogram<long> sizes = _meters.Meter.CreateHistogram(
            "sizes", null, null, null, new InstrumentAdvice<long> { HistogramBucketBoundaries = [10, 20] });
        sizes.Record(10);
        Assert.Equal(["10", "20", "+Inf"], Bounds(_meters.Scrape().Single()));
    }

    [Fact]
    public void Histogram_OfWhatIsNoNumber_IsUnderNoBound()
    {
        Histogram<double> duration = _meters.Meter.CreateHistogram<double>("duration", "s");
        duration.Record(double.NaN);
        ParsedFamily family = _meters.Scrape().Single();
        Assert.All(
            family.Samples.Where(sample => sample.Name.EndsWith("_bucket", StringComparison.Ordinal)),
            bucket => Assert.Equal(bucket.Label("le") == "+Inf" ? 1 : 0, bucket.Value));
    }

    [Theory]
    [InlineData("By", "4096", "4294967296")]
    [InlineData("s", "0.005", "60")]
    public void Bounds_WithoutAdvice_SuitTheUnit(string unit, string among, string last)
    {
        _meters.Meter.CreateHistogram<long>("measured", unit).Record(1);
        string[] bounds = Bounds(_meters.Scrape().Single());
        Assert.Contains(among, bounds, StringComparer.Ordinal);
        Assert.Equal(last, bounds[^2]);
    }

    private static string[] Bounds(ParsedFamily family) =>
        [.. family.Samples.Where(sample => sample.Labels.Count > 0).Select(sample => sample.Label("le"))];

    private static double Bound(string text) =>
        text == "+Inf" ? double.PositiveInfinity : double.Parse(text, CultureInfo.InvariantCulture);
}
