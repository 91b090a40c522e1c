using System.Diagnostics.Metrics;
using Fabrik.Cache.Layers;
using Fabrik.Cache.Layers.Writing;

namespace Fabrik.Composition.Layers;

/// <summary>
/// What reading through layers and the upload queue tell of themselves, as instruments of the meter
/// <c>Fabrik.Layers</c>, read when metrics are collected. What upstreams answer is counted by their guards.
/// </summary>
internal sealed class LayerMetrics : IDisposable
{
    private readonly Meter _meter = new("Fabrik.Layers");
    private readonly LayeredCache _layers;
    private readonly UploadQueue? _queue;

    /// <summary>Declares the instruments.</summary>
    public LayerMetrics(LayeredCache layers, UploadQueue? queue)
    {
        (_layers, _queue) = (layers, queue);
        DeclareReading();
        DeclareQueue();
    }

    public void Dispose() => _meter.Dispose();

    private void DeclareReading()
    {
        Counter("fabrik_layer_fetches_total", "Artifacts that upstreams were asked for.", of => of.Fetches);
        Counter("fabrik_layer_collapsed_total", "Requests that waited for the fetch of another.", of => of.Collapsed);
        Counter("fabrik_layer_negative_hits_total", "Misses that were remembered.", of => of.NegativeHits);
        Counter("fabrik_layer_refused_total", "Misses for want of room for another fetch.", of => of.Refused);
        Counter("fabrik_layer_resumed_total", "Transfers that were taken up again.", of => of.Resumed);
        Counter("fabrik_layer_broken_total", "Transfers that broke for good.", of => of.Broken);
        Counter("fabrik_layer_unstored_total", "Artifacts that the local store did not take.", of => of.Unstored);
        _meter.CreateObservableGauge(
            "fabrik_layer_fetches_running", () => _layers.Statistics.Running, null, "Fetches under way.");
        _meter.CreateObservableGauge(
            "fabrik_layer_memory_bytes", () => _layers.Statistics.MemoryBytes, "By", "Bytes on their way in memory.");
        ByUpstream(
            "fabrik_upstream_integrity_failures_total",
            "Artifacts whose bytes were not those that were promised.",
            of => of.IntegrityFailures);
        ByUpstream(
            "fabrik_upstream_too_slow_total",
            "Artifacts that would have taken longer to come than to build.",
            of => of.TooSlow);
    }

    private void DeclareQueue()
    {
        OfQueue("fabrik_upstream_queue_depth", "Uploads that wait.", queue => queue.Depth);
        OfQueue("fabrik_upstream_queue_bytes", "Bytes of the uploads that wait.", queue => queue.WaitingBytes);
        OfQueue("fabrik_upstream_queue_paused", "Whether the upstream is left alone.", queue => queue.IsPaused ? 1 : 0);
        _meter.CreateObservableGauge(
            "fabrik_upstream_queue_age_seconds",
            () => Queues.Select(queue => new Measurement<double>(
                queue.OldestAge.TotalSeconds, Label("upstream", queue.Upstream))),
            "s",
            "How long the oldest upload has waited.");
        _meter.CreateObservableCounter(
            "fabrik_upstream_uploads_total", () => Queues.SelectMany(Results), null, "What became of uploads.");
        _meter.CreateObservableCounter(
            "fabrik_upstream_uploaded_bytes_total",
            () => Queues.Select(queue => new Measurement<long>(
                queue.UploadedBytes, Label("upstream", queue.Upstream))),
            "By",
            "Bytes that were uploaded.");
        _meter.CreateObservableCounter(
            "fabrik_upstream_dropped_total",
            () => Queues.SelectMany(queue => queue.Dropped.Select(drop => new Measurement<long>(
                drop.Value, Label("upstream", queue.Upstream), Label("reason", drop.Key)))),
            null,
            "Uploads that were given up.");
    }

    private IReadOnlyList<UploadStatistics> Queues => _queue?.Statistics ?? [];

    private static IEnumerable<Measurement<long>> Results(UploadStatistics queue)
    {
        (string Result, long Count)[] results =
        [
            ("stored", queue.Uploaded), ("deleted", queue.Deleted), ("already_there", queue.AlreadyThere),
            ("kept", queue.Kept), ("lost", queue.Lost), ("failed_try", queue.FailedTries),
        ];
        return results.Select(result => new Measurement<long>(
            result.Count, Label("upstream", queue.Upstream), Label("result", result.Result)));
    }

    private static KeyValuePair<string, object?> Label(string name, string value) => new(name, value);

    private void Counter(string name, string help, Func<LayerStatistics, long> value) =>
        _meter.CreateObservableCounter(name, () => value(_layers.Statistics), null, help);

    private void ByUpstream(string name, string help, Func<LayerUpstreamStatistics, long> value) =>
        _meter.CreateObservableCounter(
            name,
            () => _layers.Statistics.Upstreams.Select(upstream => new Measurement<long>(
                value(upstream), Label("upstream", upstream.Name))),
            null,
            help);

    private void OfQueue(string name, string help, Func<UploadStatistics, long> value) =>
        _meter.CreateObservableGauge(
            name,
            () => Queues.Select(queue => new Measurement<long>(value(queue), Label("upstream", queue.Upstream))),
            null,
            help);
}
