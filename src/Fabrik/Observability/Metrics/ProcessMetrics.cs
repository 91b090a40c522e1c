using System.Diagnostics;
using System.Diagnostics.Metrics;
using Fabrik.Cli;

namespace Fabrik.Observability.Metrics;

/// <summary>What an operator wants to know of the process itself, under the names that every dashboard knows.</summary>
internal sealed class ProcessMetrics : IDisposable
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Fabrik.Process";

    private readonly Meter _meter = new(MeterName);

    /// <summary>Declares the instruments; the ratio comes from the counters that the registry has.</summary>
    public ProcessMetrics(MetricRegistry registry, TimeProvider time)
    {
        double started = time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        _meter.CreateObservableGauge("fabrik_build_info", BuildInfo, null, "The version that runs; always 1.");
        _meter.CreateObservableGauge(
            "fabrik_cache_hit_ratio",
            () => HitRatio(registry),
            null,
            "Hits among all lookups since the start; 0 before the first.");
        _meter.CreateObservableGauge(
            "process_start_time_seconds", () => started, null, "When the process started, in seconds since 1970.");
        _meter.CreateObservableCounter(
            "process_cpu_seconds_total",
            () => Environment.CpuUsage.TotalTime.TotalSeconds,
            null,
            "Processor time used.");
        _meter.CreateObservableGauge(
            "process_resident_memory_bytes", () => Environment.WorkingSet, null, "Memory that is resident.");
        _meter.CreateObservableGauge("process_open_fds", OpenFiles, null, "File descriptors that are open.");
        _meter.CreateObservableCounter(
            "dotnet_gc_collections_total", Collections, null, "Garbage collections by generation.");
        _meter.CreateObservableCounter(
            "dotnet_gc_pause_seconds_total",
            () => GC.GetTotalPauseDuration().TotalSeconds,
            null,
            "Time that collections have stopped the process for.");
        _meter.CreateObservableCounter(
            "dotnet_gc_allocated_bytes_total",
            () => GC.GetTotalAllocatedBytes(),
            null,
            "Bytes of managed objects that were made.");
        _meter.CreateObservableGauge(
            "dotnet_gc_heap_bytes",
            () => GC.GetTotalMemory(forceFullCollection: false),
            null,
            "Memory of managed objects.");
        _meter.CreateObservableGauge(
            "dotnet_threadpool_threads", () => ThreadPool.ThreadCount, null, "Threads of the pool.");
        _meter.CreateObservableGauge(
            "dotnet_threadpool_queue_length",
            () => ThreadPool.PendingWorkItemCount,
            null,
            "Work that waits for a thread.");
    }

    public void Dispose() => _meter.Dispose();

    private static Measurement<int> BuildInfo() =>
        new(1, new KeyValuePair<string, object?>("version", ProductVersion.Text));

    private static double HitRatio(MetricRegistry registry)
    {
        double hits = registry.Total("fabrik_cache_hits_total");
        double lookups = hits + registry.Total("fabrik_cache_misses_total");
        return lookups == 0 ? 0 : hits / lookups;
    }

    private static IEnumerable<Measurement<int>> OpenFiles()
    {
        const string Folder = "/proc/self/fd";
        return Directory.Exists(Folder)
            ? [new Measurement<int>(Directory.EnumerateFileSystemEntries(Folder).Count())]
            : [];
    }

    private static IEnumerable<Measurement<int>> Collections() => Enumerable.Range(0, GC.MaxGeneration + 1)
        .Select(generation => new Measurement<int>(
            GC.CollectionCount(generation), new TagList { { "generation", generation } }));
}
