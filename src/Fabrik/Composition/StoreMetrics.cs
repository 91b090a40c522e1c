using System.Diagnostics.Metrics;
using Fabrik.Cache.Local;

namespace Fabrik.Composition;

/// <summary>
/// The store's statistics as instruments of the meter <c>Fabrik.Store</c>, read when metrics are collected.
/// </summary>
internal sealed class StoreMetrics : IDisposable
{
    private readonly Meter _meter = new("Fabrik.Store");

    /// <summary>Declares the instruments.</summary>
    public StoreMetrics(LocalStore store)
    {
        Gauge("fabrik_cache_size_bytes", "Bytes that the store keeps on disk.", () => store.Statistics.StoredBytes);
        Gauge("fabrik_cache_max_size_bytes", "The limit of the store.", () => store.Statistics.MaxBytes);
        Gauge(
            "fabrik_cache_logical_bytes", "The sum of the sizes of all entries.", () => store.Statistics.LogicalBytes);
        Gauge("fabrik_cache_objects", "Entries in the store.", () => store.Statistics.Entries);
        Gauge("fabrik_cache_blobs", "Different contents in the store.", () => store.Statistics.Blobs);
        Gauge(
            "fabrik_store_writable",
            "Whether the store takes writes: 0 when the disk is full, read-only or fails.",
            () => store.Statistics.WriteState == WriteState.Ok ? 1 : 0);
        Counter("fabrik_evictions_total", "Entries that were evicted.", () => store.Statistics.Evictions);
        Counter("fabrik_evicted_bytes_total", "Bytes that evictions freed.", () => store.Statistics.EvictedBytes);
        Counter("fabrik_expirations_total", "Entries that expired.", () => store.Statistics.Expirations);
        Counter("fabrik_damaged_blobs_total", "Contents that failed their check.", () => store.Statistics.DamagedBlobs);
        Counter(
            "fabrik_lease_violations_total",
            "Promised entries that were evicted in spite of it; must stay 0.",
            () => store.Statistics.LeaseViolations);
        _meter.CreateObservableGauge(
            "fabrik_cache_tool_objects", () => ByTool(store, usage => usage.Entries), null, "Entries by tool.");
        _meter.CreateObservableGauge(
            "fabrik_cache_tool_bytes", () => ByTool(store, usage => usage.Bytes), null, "Sizes of entries by tool.");
    }

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<long>> ByTool(LocalStore store, Func<ToolUsage, long> value) =>
        store.Statistics.ByTool.Select(
            tool => new Measurement<long>(value(tool.Value), new KeyValuePair<string, object?>("tool", tool.Key)));

    private void Gauge(string name, string help, Func<long> value) =>
        _meter.CreateObservableGauge(name, value, null, help);

    private void Counter(string name, string help, Func<long> value) =>
        _meter.CreateObservableCounter(name, value, null, help);
}
