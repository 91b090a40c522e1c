using System.Diagnostics.Metrics;
using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.Health;
using Fabrik.Memcached.Proxy;
using Fabrik.Memcached.Servers;
using Fabrik.Observability.Metrics;

namespace Fabrik.Composition.Memcached;

/// <summary>What the memcached proxy counts of servers, and of the backends that they belong to.</summary>
internal sealed class ServerMetrics(ProxyStatistics statistics)
{
    /// <summary>Declares the instruments.</summary>
    public void Declare(Meter meter, MetricRegistry registry)
    {
        Count(meter, "requests", "Requests to servers.", one => Volatile.Read(ref one.Requests));
        Count(meter, "hits", "Requests that servers answered with a value.", one => Volatile.Read(ref one.Hits));
        Count(
            meter, "failures", "Requests that failed, time-outs among them.", one => Volatile.Read(ref one.Failures));
        Count(meter, "timeouts", "Requests whose time was over.", one => Volatile.Read(ref one.Timeouts));
        Count(meter, "connects", "Connections that came about.", one => Volatile.Read(ref one.Connects));
        Count(
            meter, "breaks", "Connections that broke, or did not come about.", one => Volatile.Read(ref one.Breaks));
        Gauge(meter, "connections", "Connections to servers that are open.", one => Volatile.Read(ref one.Connections));
        Gauge(meter, "pending", "Requests that wait for a server's answer.", one => Volatile.Read(ref one.Pending));
        OfHealth(meter);
        meter.CreateObservableCounter(
            "fabrik_memcached_backend_events", Events, null, "What strategies and pools did, by what it was.");
        registry.Observe(
            LatencyTable.Family("fabrik_memcached_server_seconds", "From a request to a server to its answer."),
            () => statistics.Servers()
                .Select(server => LatencyTable.Sample(Tags(server), server.Select(one => one.Counters.Latency))));
    }

    private void OfHealth(Meter meter)
    {
        meter.CreateObservableGauge(
            "fabrik_memcached_server_state",
            () => Healths<long>(States),
            null,
            "1 for what a server is taken for, 0 for what else it might be.");
        meter.CreateObservableGauge(
            "fabrik_memcached_server_share",
            () => Healths<double>((health, tags) => [new Measurement<double>(health.Share, tags)]),
            null,
            "The share of its keys that a server gets, 0 to 1.");
        Health(meter, "deaths", "Times that a server was taken for dead.", health => health.Deaths);
        Health(meter, "probes", "Probes that were made.", health => health.Probes);
        Health(meter, "failed_probes", "Probes that were not answered.", health => health.FailedProbes);
    }

    private void Count(Meter meter, string name, string help, Func<ServerCounters, long> value) =>
        meter.CreateObservableCounter($"fabrik_memcached_server_{name}", () => OfEach(value), null, help);

    private void Gauge(Meter meter, string name, string help, Func<ServerCounters, long> value) =>
        meter.CreateObservableGauge($"fabrik_memcached_server_{name}", () => OfEach(value), null, help);

    private void Health(Meter meter, string name, string help, Func<ServerHealth, long> value) =>
        meter.CreateObservableCounter(
            $"fabrik_memcached_server_{name}",
            () => Healths<long>((health, tags) => [new Measurement<long>(value(health), tags)]),
            null,
            help);

    private static IEnumerable<Measurement<long>> States(ServerHealth health, KeyValuePair<string, object?>[] tags) =>
        from state in Enum.GetValues<ServerCondition>()
        select new Measurement<long>(
            health.Condition == state ? 1 : 0, [.. tags, new("state", state.ToString().ToLowerInvariant())]);

    private IEnumerable<Measurement<long>> Events() =>
        from backend in statistics.Backends()
        from happened in DestinationFigures.Of(backend.Destinations)
        select new Measurement<long>(happened.Count, new("backend", backend.Name), new("event", happened.Event));

    private IEnumerable<Measurement<long>> OfEach(Func<ServerCounters, long> value) => statistics.Servers()
        .Select(server => new Measurement<long>(server.Sum(one => value(one.Counters)), Tags(server)));

    // All loops see the same health of a server.
    private IEnumerable<Measurement<T>> Healths<T>(
        Func<ServerHealth, KeyValuePair<string, object?>[], IEnumerable<Measurement<T>>> measure)
        where T : struct =>
        from server in statistics.Servers()
        let health = server.First().Link.Observer as ServerHealth
        where health is not null
        from measured in measure(health, Tags(server))
        select measured;

    private static KeyValuePair<string, object?>[] Tags(IEnumerable<ServerDestination> servers)
    {
        ServerLink link = servers.First().Link;
        return [new("backend", link.Backend), new("server", link.Server)];
    }
}
