using System.Buffers;
using System.Diagnostics.Metrics;
using Fabrik.Observability.Metrics;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.UnitTests.Observability.Metrics;

public sealed class ProcessMetricsTests
{
    // Dashboards and alarms name them: a name that changes here breaks them there.
    private static readonly string[] Promised =
    [
        "dotnet_gc_allocated_bytes_total", "dotnet_gc_collections_total", "dotnet_gc_heap_bytes",
        "dotnet_gc_pause_seconds_total", "dotnet_threadpool_queue_length", "dotnet_threadpool_threads",
        "fabrik_build_info", "fabrik_cache_hit_ratio",
        "process_cpu_seconds_total", "process_resident_memory_bytes", "process_start_time_seconds",
    ];

    [Fact]
    public void Scrape_OfTheProcess_HasThePromisedNames()
    {
        using MetricRegistry registry = new(meter => meter.Name == ProcessMetrics.MeterName);
        using ProcessMetrics process = new(registry, new TestClock(DateTimeOffset.FromUnixTimeSeconds(1_900_000_000)));
        Dictionary<string, ParsedFamily> families = Scrape(registry);
        Assert.Equal(Promised, families.Keys.Where(name => name != "process_open_fds"), StringComparer.Ordinal);
        Assert.Equal(1_900_000_000, families["process_start_time_seconds"].Samples.Single().Value);
        Sample build = families["fabrik_build_info"].Samples.Single();
        Assert.Equal(1, build.Value);
        Assert.NotEmpty(build.Label("version"));
        Assert.All(families.Values, family => Assert.NotNull(family.Help));
        Assert.True(families["process_resident_memory_bytes"].Samples.Single().Value > 0);
    }

    [Fact]
    public void HitRatio_OfTheCounters_IsHitsAmongLookups()
    {
        string own = Guid.NewGuid().ToString();
        using Meter server = new(own);
        using MetricRegistry registry = new(meter => meter.Name == ProcessMetrics.MeterName || meter.Name == own);
        using ProcessMetrics process = new(registry, new TestClock());
        Assert.Equal(0, Scrape(registry)["fabrik_cache_hit_ratio"].Samples.Single().Value);
        server.CreateCounter<long>("fabrik_cache_hits").Add(3, new KeyValuePair<string, object?>("tool", "nx"));
        server.CreateCounter<long>("fabrik_cache_misses").Add(1);
        Assert.Equal(0.75, Scrape(registry)["fabrik_cache_hit_ratio"].Samples.Single().Value);
    }

    private static Dictionary<string, ParsedFamily> Scrape(MetricRegistry registry)
    {
        ArrayBufferWriter<byte> output = new();
        PrometheusText.Write(registry.Collect(), output);
        return Exposition.Parse(output.WrittenSpan).ToDictionary(family => family.Name, StringComparer.Ordinal);
    }
}
