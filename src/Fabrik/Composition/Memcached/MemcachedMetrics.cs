using System.Diagnostics.Metrics;
using Fabrik.Memcached;
using Fabrik.Memcached.Clients;
using Fabrik.Memcached.Routing;
using Fabrik.Memcached.Warming;
using Fabrik.Observability.Metrics;
using Fabrik.Wire.Memcached;

namespace Fabrik.Composition.Memcached;

/// <summary>
/// The meter <c>Fabrik.Memcached</c>: what the loops of the memcached proxy count, read when metrics are collected.
/// Names and labels are promised to dashboards; docs/operating/memcached-proxy.md has them.
/// </summary>
internal sealed class MemcachedMetrics : IDisposable
{
    private readonly Meter _meter = new("Fabrik.Memcached");
    private readonly MemcachedProxy _proxy;

    /// <summary>Declares the instruments.</summary>
    /// <param name="proxy">What counts.</param>
    /// <param name="registry">Where histograms are shown.</param>
    public MemcachedMetrics(MemcachedProxy proxy, MetricRegistry registry)
    {
        _proxy = proxy;
        OfClients();
        OfEffects();
        OfWarming();
        new RouteMetrics(proxy.Statistics).Declare(_meter, registry);
        new ServerMetrics(proxy.Statistics).Declare(_meter, registry);
    }

    public void Dispose() => _meter.Dispose();

    private void OfClients()
    {
        _meter.CreateObservableGauge(
            "fabrik_memcached_clients", () => _proxy.Clients, null, "Clients that are connected.");
        Counter("fabrik_memcached_accepted_clients", "Clients that have connected.", counters =>
            Volatile.Read(ref counters.Accepted));
        Counter("fabrik_memcached_faults", "Commands that were wrong.", counters =>
            Volatile.Read(ref counters.Faults));
        Counter(
            "fabrik_memcached_failures",
            "Requests that were answered with an error of the proxy or of its servers.",
            counters => Volatile.Read(ref counters.Failures));
        _meter.CreateObservableCounter(
            "fabrik_memcached_commands", Commands, null, "Commands of clients; of retrievals their keys.");
        _meter.CreateObservableCounter(
            "fabrik_memcached_keys",
            () => Pair("result", ("hit", Sum(all => all.Hits)), ("miss", Sum(all => all.Misses))),
            null,
            "Keys that clients retrieved, found and not.");
        _meter.CreateObservableCounter(
            "fabrik_memcached_client_bytes",
            () => Pair("direction", ("in", Sum(all => all.BytesReceived)), ("out", Sum(all => all.BytesSent))),
            "By",
            "Bytes that clients sent and were sent.");
    }

    private void OfEffects()
    {
        _meter.CreateObservableCounter(
            "fabrik_memcached_side_effects",
            () => _proxy.Statistics.Effects().SelectMany(effect => new[]
            {
                Effect(effect.Name, "sent", effect.Counters.Sent),
                Effect(effect.Name, "dropped", effect.Counters.Dropped),
                Effect(effect.Name, "failed", effect.Counters.Failed),
            }),
            null,
            "What side effects sent, could not queue, and sent in vain.");
        _meter.CreateObservableCounter(
            "fabrik_memcached_spooled_deletes",
            () => _proxy.Spools().SelectMany(spool => new[]
            {
                Effect(spool.Name, "kept", Volatile.Read(ref spool.Counters.Kept)),
                Effect(spool.Name, "replayed", Volatile.Read(ref spool.Counters.Replayed)),
                Effect(spool.Name, "dropped", Volatile.Read(ref spool.Counters.Dropped)),
            }),
            null,
            "Deletes that failed at the target of a side effect: kept on disk, sent again, and lost.");
        _meter.CreateObservableCounter(
            "fabrik_memcached_spool_faults",
            () => _proxy.Spools().Select(static spool => new Measurement<long>(
                Volatile.Read(ref spool.Counters.Faults), new KeyValuePair<string, object?>("effect", spool.Name))),
            null,
            "Times that deletes could not be written to the spool of a side effect, or read from it.");
    }

    private static Measurement<long> Effect(string name, string result, long count) => new(
        count,
        new KeyValuePair<string, object?>("effect", name),
        new KeyValuePair<string, object?>("result", result));

    private void OfWarming()
    {
        _meter.CreateObservableGauge(
            "fabrik_memcached_warming_jobs",
            () => _proxy.Warming.Jobs.Count(job => !job.HasEnded),
            null,
            "Jobs that copy keys now.");
        _meter.CreateObservableCounter(
            "fabrik_memcached_warming_keys",
            () => Pair("result", [.. Enum.GetValues<CopyOutcome>().Select(Warmed)]),
            null,
            "Keys of jobs, by what became of them.");
    }

    private (string Result, long Count) Warmed(CopyOutcome outcome) =>
        (outcome.ToString().ToLowerInvariant(), _proxy.Warming.Count(outcome));

    private void Counter(string name, string help, Func<ClientCounters, long> value) =>
        _meter.CreateObservableCounter(name, () => Sum(value), null, help);

    private long Sum(Func<ClientCounters, long> value) => _proxy.Statistics.Sum(value);

    private IEnumerable<Measurement<long>> Commands() =>
        from verb in Enum.GetValues<Verb>()
        let count = Sum(counters => Volatile.Read(ref counters.ByVerb[(int)verb]))
        where count > 0
        select new Measurement<long>(count, new KeyValuePair<string, object?>("command", VerbNames.Of(verb)));

    private static Measurement<long>[] Pair(string label, params ReadOnlySpan<(string Value, long Count)> pairs)
    {
        Measurement<long>[] measured = new Measurement<long>[pairs.Length];
        for (int i = 0; i < pairs.Length; i++)
        {
            measured[i] = new Measurement<long>(
                pairs[i].Count, new KeyValuePair<string, object?>(label, pairs[i].Value));
        }

        return measured;
    }
}
