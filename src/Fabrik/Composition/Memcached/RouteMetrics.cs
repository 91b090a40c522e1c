using System.Diagnostics.Metrics;
using Fabrik.Memcached.Clients;
using Fabrik.Memcached.Proxy;
using Fabrik.Memcached.Routing;
using Fabrik.Observability.Metrics;
using Fabrik.Wire.Memcached;

namespace Fabrik.Composition.Memcached;

/// <summary>What the memcached proxy counts of each route.</summary>
internal sealed class RouteMetrics(ProxyStatistics statistics)
{
    /// <summary>Declares the instruments.</summary>
    public void Declare(Meter meter, MetricRegistry registry)
    {
        meter.CreateObservableCounter(
            "fabrik_memcached_route_requests",
            () => OfEach(counters => Volatile.Read(ref counters.Requests)),
            null,
            "Requests that a route decided.");
        meter.CreateObservableCounter(
            "fabrik_memcached_route_regex_timeouts",
            () => OfEach(counters => Volatile.Read(ref counters.RegexTimeouts)),
            null,
            "Keys that went on to the next route, as a route's regular expression took too long.");
        meter.CreateObservableCounter(
            "fabrik_memcached_route_results", Results, null, "Requests of a route, by command and result.");
        registry.Observe(
            LatencyTable.Family(
                "fabrik_memcached_route_seconds", "From the arrival of a client's request until its answer was there."),
            Latencies);
    }

    private IEnumerable<Measurement<long>> OfEach(Func<RouteCounters, long> value) =>
        from route in statistics.Routes()
        select new Measurement<long>(
            route.Sum(one => value(one.Counters)), new KeyValuePair<string, object?>("route", route.Key));

    private IEnumerable<Measurement<long>> Results() =>
        from command in Commands()
        from kind in Enum.GetValues<ReplyKind>()
        let count = command.Counters.Sum(one => one.Of(kind))
        where count > 0
        select new Measurement<long>(count, [.. command.Tags, new("result", CommandCounters.NameOf(kind))]);

    private IEnumerable<HistogramSample> Latencies() =>
        from command in Commands()
        select LatencyTable.Sample(command.Tags, command.Counters.Select(one => one.Latency));

    // What a route was never asked has no series.
    private IEnumerable<(KeyValuePair<string, object?>[] Tags, IReadOnlyList<CommandCounters> Counters)> Commands() =>
        from route in statistics.Routes()
        from verb in Enum.GetValues<Verb>()
        let counters = ProxyStatistics.Commands(route, verb)
        where counters.Count > 0
        select (Tags(route.Key, verb), counters);

    private static KeyValuePair<string, object?>[] Tags(string route, Verb verb) =>
        [new("route", route), new("command", VerbNames.Of(verb))];
}
