using System.Diagnostics;
using System.Diagnostics.Metrics;
using Fabrik.Cache.Resilience.Breaking;

namespace Fabrik.Cache.Resilience.Telemetry;

/// <summary>
/// What all upstreams of a process have done, on the meter <c>Fabrik.Cache</c>. Names and labels are promised to
/// dashboards: fabrik_upstream_requests {upstream, operation, result}, fabrik_upstream_duration_seconds {upstream,
/// operation}, fabrik_upstream_bytes {upstream, direction}, fabrik_upstream_retries {upstream},
/// fabrik_upstream_hedges {upstream, result}, fabrik_upstream_breaker_state {upstream}.
/// </summary>
public sealed class UpstreamMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Fabrik.Cache";

    private readonly Lock _gate = new();
    private readonly Meter _meter = new(MeterName);
    private volatile BreakerGauge[] _breakers = [];

    /// <summary>Starts counting at zero.</summary>
    public UpstreamMetrics()
    {
        Requests = _meter.CreateCounter<long>(
            "fabrik_upstream_requests", "{request}", "Requests to upstreams, by operation and by what came of them.");
        Duration = _meter.CreateHistogram<double>(
            "fabrik_upstream_duration_seconds",
            "s",
            "Until an upstream's answer began; of bodies and writes, to their end.");
        Bytes = _meter.CreateCounter<long>(
            "fabrik_upstream_bytes", "By", "Bytes of artifacts that upstreams sent or were sent.");
        Retries = _meter.CreateCounter<long>(
            "fabrik_upstream_retries", "{request}", "Requests that were sent again after a failure.");
        Hedges = _meter.CreateCounter<long>(
            "fabrik_upstream_hedges", "{request}", "Second requests for slow reads, by whether they came first.");
        _meter.CreateObservableGauge(
            "fabrik_upstream_breaker_state", Observe, "{state}", "0: asked, 1: being probed, 2: left alone.");
    }

    internal Counter<long> Requests { get; }

    internal Histogram<double> Duration { get; }

    internal Counter<long> Bytes { get; }

    internal Counter<long> Retries { get; }

    internal Counter<long> Hedges { get; }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    internal void Watch(string upstream, CircuitBreaker breaker)
    {
        lock (_gate)
        {
            _breakers = [.. _breakers, new BreakerGauge(new("upstream", upstream), breaker)];
        }
    }

    internal void Unwatch(CircuitBreaker breaker)
    {
        lock (_gate)
        {
            _breakers = [.. _breakers.Where(gauge => gauge.Breaker != breaker)];
        }
    }

    private IEnumerable<Measurement<int>> Observe()
    {
        foreach (var gauge in _breakers)
        {
            yield return new Measurement<int>((int)gauge.Breaker.Phase.State, new TagList { gauge.Upstream });
        }
    }

    private sealed record BreakerGauge(KeyValuePair<string, object?> Upstream, CircuitBreaker Breaker);
}
