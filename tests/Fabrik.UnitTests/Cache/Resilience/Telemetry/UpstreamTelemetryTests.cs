using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Resilience.Breaking;
using Fabrik.Cache.Resilience.Telemetry;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.UnitTests.Cache.Resilience.Telemetry;

/// <summary>Names and labels are promised to dashboards: a change here is a change for others.</summary>
public sealed class UpstreamTelemetryTests
{
    [Fact]
    public async Task Requests_OfEveryResult_AreCountedUnderIt()
    {
        var name = Guid.NewGuid().ToString();
        using Measurements seen = new(name);
        await using GuardFixture guard = new(GuardFixture.Defaults with { Name = name });
        await guard.GetAsync();
        guard.Inner.OnGet = _ => new(new ScriptedArtifact(new byte[10]));
        var hit = (await guard.GetAsync()).Value!;
        await hit.CopyToAsync(PipeWriter.Create(Stream.Null), 0, 10, default);
        await guard.Tier.DeleteAsync(default, default);
        await guard.PutAsync(PipeReader.Create(new MemoryStream(new byte[7])));
        await guard.OpenAsync();
        await guard.GetAsync();
        Assert.Equal(1, seen.Sum("fabrik_upstream_requests", "get miss"));
        Assert.Equal(1, seen.Sum("fabrik_upstream_requests", "get hit"));
        Assert.Equal(1, seen.Sum("fabrik_upstream_requests", "copy ok"));
        Assert.Equal(1, seen.Sum("fabrik_upstream_requests", "delete ok"));
        Assert.Equal(1, seen.Sum("fabrik_upstream_requests", "put ok"));
        Assert.Equal(5, seen.Sum("fabrik_upstream_requests", "get io"));
        Assert.Equal(1, seen.Sum("fabrik_upstream_requests", "get open"));
        Assert.Equal(10, seen.Sum("fabrik_upstream_bytes", "received"));
        Assert.Equal(7, seen.Count("fabrik_upstream_duration_seconds", "get"));
        seen.Ask();
        Assert.Equal((double)BreakerState.Open, seen.Sum("fabrik_upstream_breaker_state", ""));
    }

    [Fact]
    public async Task Retries_AreCounted()
    {
        var name = Guid.NewGuid().ToString();
        using Measurements seen = new(name);
        await using GuardFixture guard = new(GuardFixture.Defaults with { Name = name, Retries = 1 });
        guard.Inner.OnGet = call =>
            call.Number == 1 ? new(GuardFixture.Error(CacheErrorKind.Unavailable)) : new(default(CachedArtifact));
        var get = guard.GetAsync().AsTask();
        guard.Clock.Advance(TimeSpan.FromSeconds(1));
        await get;
        Assert.Equal(1, seen.Sum("fabrik_upstream_retries", ""));
    }

    [Fact]
    public async Task Upstream_ThatIsDisposedOf_HasNoBreakerAnyMore()
    {
        var name = Guid.NewGuid().ToString();
        using Measurements seen = new(name);
        GuardFixture guard = new(GuardFixture.Defaults with { Name = name });
        seen.Ask();
        Assert.Equal(1, seen.Count("fabrik_upstream_breaker_state", ""));
        await guard.Tier.DisposeAsync();
        seen.Ask();
        Assert.Equal(1, seen.Count("fabrik_upstream_breaker_state", ""));
        guard.Metrics.Dispose();
    }

    [Fact]
    public async Task Spans_WhereSomebodyListens_SayWhatWasAsked()
    {
        var name = Guid.NewGuid().ToString();
        List<Activity> spans = [];
        using ActivityListener listener = new()
        {
            ShouldListenTo = source => source.Name == UpstreamTraces.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                lock (spans)
                {
                    spans.Add(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using GuardFixture guard = new(GuardFixture.Defaults with { Name = name });
        guard.Inner.OnGet = _ => new(new ScriptedArtifact(new byte[10]));
        var hit = (await guard.GetAsync()).Value!;
        await hit.CopyToAsync(PipeWriter.Create(Stream.Null), 0, 10, default);
        await guard.PutAsync(PipeReader.Create(new MemoryStream(new byte[7])));
        await guard.OpenAsync();
        await guard.GetAsync();
        Assert.Null(Activity.Current);
        lock (spans)
        {
            var mine = spans.Where(span => (string?)span.GetTagItem("fabrik.upstream") == name).ToList();
            var told = mine.Select(span => $"{span.GetTagItem("fabrik.operation")} {span.GetTagItem("fabrik.result")}");
            Assert.Equal(
                "get hit, copy ok, put ok, get io, get io, get io, get io, get io, get open",
                string.Join(", ", told));
            Assert.Equal(10L, mine[0].GetTagItem("fabrik.bytes"));
            Assert.Equal(10L, mine[1].GetTagItem("fabrik.bytes"));
            Assert.Equal(ActivityStatusCode.Error, mine[^1].Status);
        }
    }

    private sealed class Measurements : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly string _upstream;
        private readonly List<(string Name, string Labels, double Value)> _seen = [];

        public Measurements(string upstream)
        {
            _upstream = upstream;
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == UpstreamMetrics.MeterName)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
            _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
            _listener.Start();
        }

        public double Sum(string name, string labels) => Find(name, labels).Sum();

        public int Count(string name, string labels) => Find(name, labels).Count;

        public void Ask() => _listener.RecordObservableInstruments();

        public void Dispose() => _listener.Dispose();

        private List<double> Find(string name, string labels)
        {
            lock (_seen)
            {
                return [.. _seen.Where(one => one.Name == name && one.Labels == labels).Select(one => one.Value)];
            }
        }

        private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (tags[0].Key == "upstream" && _upstream.Equals(tags[0].Value))
            {
                List<object?> labels = [];
                foreach (var tag in tags[1..])
                {
                    labels.Add(tag.Value);
                }

                lock (_seen)
                {
                    _seen.Add((instrument.Name, string.Join(' ', labels), value));
                }
            }
        }
    }
}
