using System.Diagnostics;
using System.Diagnostics.Metrics;
using Fabrik.Proxies.Fetching;
using Fabrik.Proxies.Origins;
using Fabrik.Proxies.Storage;

namespace Fabrik.Proxies.Telemetry;

/// <summary>
/// The meter <c>Fabrik.Proxies</c>. Names and labels are promised to dashboards: fabrik_proxy_requests {bucket, method,
/// status, cache}, fabrik_proxy_sent_bytes {bucket, cache}, fabrik_proxy_first_byte_seconds {bucket, cache},
/// fabrik_proxy_origin_requests {bucket, outcome}, fabrik_proxy_origin_faults {bucket, kind},
/// fabrik_proxy_denied_requests {bucket, reason}, fabrik_proxy_active_requests, fabrik_proxy_slices {outcome},
/// fabrik_proxy_slice_streams, fabrik_proxy_readers {kind}, fabrik_proxy_slices_in_memory,
/// fabrik_proxy_slice_memory_bytes, fabrik_proxy_heads, fabrik_proxy_replica_requests, _failures and _healthy {origin,
/// replica}, fabrik_proxy_hedged_requests {origin}. One for each proxy.
/// </summary>
public sealed class ProxyMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Fabrik.Proxies";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _requests;
    private readonly Counter<long> _sent;
    private readonly Histogram<double> _firstByte;
    private readonly Counter<long> _faults;
    private readonly Counter<long> _originRequests;
    private readonly Counter<long> _denied;
    private readonly UpDownCounter<long> _active;

    /// <summary>Starts counting at zero.</summary>
    public ProxyMetrics()
    {
        _requests = _meter.CreateCounter<long>(
            "fabrik_proxy_requests", "{request}", "Requests, by the class of their status and the cache's part in it.");
        _sent = _meter.CreateCounter<long>("fabrik_proxy_sent_bytes", "By", "Bytes of bodies that clients were sent.");
        _firstByte = _meter.CreateHistogram<double>(
            "fabrik_proxy_first_byte_seconds", "s", "From the head of a request to the head of its answer.");
        _originRequests = _meter.CreateCounter<long>(
            "fabrik_proxy_origin_requests", "{request}", "Requests for heads and for what is not kept, by outcome.");
        _faults = _meter.CreateCounter<long>(
            "fabrik_proxy_origin_faults", "{request}", "Failures of origins, by kind.");
        _denied = _meter.CreateCounter<long>(
            "fabrik_proxy_denied_requests", "{request}", "Requests that a limit or an access rule turned away.");
        _active = _meter.CreateUpDownCounter<long>(
            "fabrik_proxy_active_requests", "{request}", "Requests that are being answered.");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    internal void Started() => _active.Add(1);

    internal void Ended(string bucket, string method, int status, string cache)
    {
        _active.Add(-1);
        _requests.Add(1, new TagList
        {
            { "bucket", bucket },
            { "method", KnownMethod(method) },
            { "status", StatusClass(status) },
            { "cache", cache },
        });
    }

    internal void FirstByte(string bucket, string cache, TimeSpan after) =>
        _firstByte.Record(after.TotalSeconds, new("bucket", bucket), new("cache", cache));

    internal void SentBytes(string bucket, string cache, long count) =>
        _sent.Add(count, new("bucket", bucket), new("cache", cache));

    internal void AskedOrigin(string bucket, string outcome) =>
        _originRequests.Add(1, new("bucket", bucket), new("outcome", outcome));

    internal void Faulted(string bucket, string kind) => _faults.Add(1, new("bucket", bucket), new("kind", kind));

    internal void Denied(string bucket, string reason) =>
        _denied.Add(1, new("bucket", bucket), new("reason", reason));

    /// <summary>Shows what a proxy counts itself.</summary>
    internal void Observe(FetchCounters counters, SliceBudget budget, HeadTable heads)
    {
        _meter.CreateObservableCounter("fabrik_proxy_slices", () => new Measurement<long>[]
        {
            new(counters.SlicesStored, new KeyValuePair<string, object?>("outcome", "stored")),
            new(counters.SlicesUnstored, new KeyValuePair<string, object?>("outcome", "unstored")),
        });
        _meter.CreateObservableCounter("fabrik_proxy_readers", () => new Measurement<long>[]
        {
            new(counters.Joined, new KeyValuePair<string, object?>("kind", "collapsed")),
            new(counters.Direct, new KeyValuePair<string, object?>("kind", "direct")),
        });
        _meter.CreateObservableCounter("fabrik_proxy_slice_streams", () => counters.Streams);
        _meter.CreateObservableGauge("fabrik_proxy_slices_in_memory", () => counters.Filling);
        _meter.CreateObservableGauge("fabrik_proxy_slice_memory_bytes", () => budget.Used, "By");
        _meter.CreateObservableGauge("fabrik_proxy_heads", () => heads.Count);
    }

    /// <summary>Shows what the origins that are in use count.</summary>
    internal void Observe(Func<IEnumerable<Origin>> origins)
    {
        _meter.CreateObservableCounter(
            "fabrik_proxy_replica_requests", () => OfReplicas(origins(), static one => one.Requests));
        _meter.CreateObservableCounter(
            "fabrik_proxy_replica_failures", () => OfReplicas(origins(), static one => one.Failures));
        _meter.CreateObservableGauge(
            "fabrik_proxy_replica_healthy", () => OfReplicas(origins(), static one => one.IsHealthy ? 1 : 0));
        _meter.CreateObservableCounter("fabrik_proxy_hedged_requests", () => origins()
            .Select(static one => new Measurement<long>(
                one.Hedged, new KeyValuePair<string, object?>("origin", one.Name)))
            .ToArray());
    }

    private static Measurement<long>[] OfReplicas(IEnumerable<Origin> origins, Func<Replica, long> count) =>
    [
        .. from origin in origins
           from replica in origin.Replicas
           select new Measurement<long>(
               count(replica),
               new KeyValuePair<string, object?>("origin", origin.Name),
               new KeyValuePair<string, object?>("replica", replica.Name)),
    ];

    private static string StatusClass(int status) => status switch
    {
        < 200 => "1xx",
        < 300 => "2xx",
        < 400 => "3xx",
        < 500 => "4xx",
        _ => "5xx",
    };

    // A client may send any word: each would be a time series.
    internal static string KnownMethod(string method) => method is "GET" or "HEAD" or "OPTIONS" or "PUT" or "POST"
        or "DELETE" or "PATCH" ? method : "other";
}
