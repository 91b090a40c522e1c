using System.Globalization;
using Fabrik.Memcached.Clients;
using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.Health;
using Fabrik.Memcached.Requests;
using Fabrik.Memcached.Routing;
using Fabrik.Memcached.Servers;
using Fabrik.Memcached.SideEffects;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Proxy;

/// <summary>
/// Adds up what the loops have counted. From any thread: figures are a moment apart, and none is torn.
/// </summary>
internal sealed class ProxyStatistics(IReadOnlyList<ProxyLoop> loops, ClientAdmission admission, TimeProvider time)
{
    private readonly DateTimeOffset _begin = time.GetUtcNow();

    /// <summary>Answers <c>stats</c>.</summary>
    /// <returns>Null for a topic that does not exist.</returns>
    public byte[]? Write(ReadOnlySpan<byte> topic, MemcachedProtocol protocol, uint opaque)
    {
        var answer = new StatsAnswer(protocol, opaque);
        if (topic.IsEmpty)
        {
            AddGeneral(answer);
        }
        else if (topic.SequenceEqual("backends"u8))
        {
            AddBackends(answer);
        }
        else if (topic.SequenceEqual("routes"u8))
        {
            AddRoutes(answer);
        }
        else
        {
            return null;
        }

        return answer.End();
    }

    /// <summary>The sum of a figure of the clients of all loops.</summary>
    public long Sum(Func<ClientCounters, long> figure) => loops.Sum(l => figure(l.Scope.Counters));

    /// <summary>The servers of all loops, those with one name together; of several that count together one.</summary>
    public IEnumerable<IGrouping<string, ServerDestination>> Servers() => loops
        .SelectMany(static loop => loop.Servers)
        .DistinctBy(static server => server.Counters)
        .GroupBy(static server => server.Name, StringComparer.Ordinal);

    /// <summary>The routes of all loops, those with one name together.</summary>
    public IEnumerable<IGrouping<string, Route>> Routes() => loops
        .SelectMany(static loop => loop.Routes)
        .GroupBy(static route => route.Name, StringComparer.Ordinal);

    /// <summary>What routes refer to, by name, on all loops.</summary>
    public IEnumerable<(string Name, IReadOnlyList<Destination> Destinations)> Backends() => loops
        .SelectMany(static loop => loop.Backends)
        .Distinct()
        .GroupBy(static one => one.Name, StringComparer.Ordinal)
        .Select(static all => (all.Key, (IReadOnlyList<Destination>)[.. all]));

    /// <summary>What side effects have done, by name.</summary>
    public IEnumerable<(string Name, SideEffectCounters Counters)> Effects() => loops
        .SelectMany(static loop => loop.Effects)
        .DistinctBy(static effect => effect.Counters)
        .GroupBy(static effect => effect.Name, StringComparer.Ordinal)
        .Select(static same => (same.Key, SideEffectCounters.Of(same.Select(static effect => effect.Counters))));

    /// <summary>What became of a command's requests on one route, on those loops that had any.</summary>
    public static IReadOnlyList<CommandCounters> Commands(IEnumerable<Route> route, Verb verb) =>
        [.. route.Select(one => one.Counters.Of(verb)).OfType<CommandCounters>()];

    private long Commands(params ReadOnlySpan<Verb> verbs)
    {
        long sum = 0;
        foreach (var verb in verbs)
        {
            sum += Sum(c => Volatile.Read(ref c.ByVerb[(int)verb]));
        }

        return sum;
    }

    private void AddGeneral(StatsAnswer answer)
    {
        answer.Add("pid", Environment.ProcessId);
        answer.Add("uptime", (long)(time.GetUtcNow() - _begin).TotalSeconds);
        answer.Add("time", time.GetUtcNow().ToUnixTimeSeconds());
        answer.Add("version", LocalCommands.ProductVersion);
        answer.Add("pointer_size", IntPtr.Size * 8);
        answer.Add("curr_connections", admission.Clients);
        answer.Add("total_connections", Sum(static c => Volatile.Read(ref c.Accepted)));
        answer.Add("rejected_connections", admission.Rejected);
        answer.Add("cmd_get", Commands(Verb.Get, Verb.Gets, Verb.Gat, Verb.Gats));
        answer.Add("cmd_set", Commands(Verb.Set, Verb.Add, Verb.Replace, Verb.Append, Verb.Prepend, Verb.Cas));
        answer.Add("cmd_delete", Commands(Verb.Delete));
        answer.Add("cmd_touch", Commands(Verb.Touch));
        answer.Add("cmd_meta", Commands(Verb.MetaGet, Verb.MetaSet, Verb.MetaDelete, Verb.MetaArithmetic));
        answer.Add("cmd_flush", Commands(Verb.FlushAll));
        answer.Add("get_hits", Sum(static c => Volatile.Read(ref c.Hits)));
        answer.Add("get_misses", Sum(static c => Volatile.Read(ref c.Misses)));
        answer.Add("bad_commands", Sum(static c => Volatile.Read(ref c.Faults)));
        answer.Add("failed_requests", Sum(static c => Volatile.Read(ref c.Failures)));
        answer.Add("bytes_read", Sum(static c => Volatile.Read(ref c.BytesReceived)));
        answer.Add("bytes_written", Sum(static c => Volatile.Read(ref c.BytesSent)));
        answer.Add("threads", loops.Count);
        answer.Add("gc_allocated_bytes", GC.GetTotalAllocatedBytes());
    }

    private void AddBackends(StatsAnswer answer)
    {
        foreach (var servers in Servers())
        {
            AddServer(answer, servers.First().Link, [.. servers.Select(static server => server.Counters)]);
        }

        foreach (var (name, destinations) in Backends())
        {
            foreach (var (happened, count) in DestinationFigures.Of(destinations))
            {
                answer.Add($"{name}:{happened}", count);
            }
        }
    }

    private static void AddServer(StatsAnswer answer, ServerLink link, ServerCounters[] counters)
    {
        var name = link.Name;
        if (link.Observer is ServerHealth health)
        {
            answer.Add($"{name}:state", health.Condition.ToString().ToLowerInvariant());
            answer.Add($"{name}:deaths", health.Deaths);
        }

        answer.Add($"{name}:requests", counters.Sum(static c => Volatile.Read(ref c.Requests)));
        answer.Add($"{name}:hits", counters.Sum(static c => Volatile.Read(ref c.Hits)));
        answer.Add($"{name}:failures", counters.Sum(static c => Volatile.Read(ref c.Failures)));
        answer.Add($"{name}:timeouts", counters.Sum(static c => Volatile.Read(ref c.Timeouts)));
        answer.Add($"{name}:connections", counters.Sum(static c => Volatile.Read(ref c.Connections)));
        answer.Add($"{name}:pending", counters.Sum(static c => Volatile.Read(ref c.Pending)));
        answer.Add($"{name}:connects", counters.Sum(static c => Volatile.Read(ref c.Connects)));
        answer.Add($"{name}:breaks", counters.Sum(static c => Volatile.Read(ref c.Breaks)));
        answer.Add($"{name}:bytes_sent", counters.Sum(static c => Volatile.Read(ref c.BytesSent)));
        answer.Add($"{name}:bytes_received", counters.Sum(static c => Volatile.Read(ref c.BytesReceived)));
        answer.Add($"{name}:latency_mean_us", Mean(counters.Select(static c => c.Latency)));
    }

    private static string Mean(IEnumerable<LatencyHistogram> all) =>
        LatencyHistogram.Mean(all).ToString("F1", CultureInfo.InvariantCulture);

    private void AddRoutes(StatsAnswer answer)
    {
        foreach (var route in Routes())
        {
            answer.Add($"{route.Key}:backend", route.First().Options.Backend);
            answer.Add($"{route.Key}:requests", route.Sum(static r => Volatile.Read(ref r.Counters.Requests)));
            if (route.Sum(static r => Volatile.Read(ref r.Counters.RegexTimeouts)) is > 0 and var timeouts)
            {
                answer.Add($"{route.Key}:regex_timeouts", timeouts);
            }

            foreach (var verb in Enum.GetValues<Verb>())
            {
                AddCommand(answer, $"{route.Key}:{VerbNames.Of(verb)}", Commands(route, verb));
            }
        }
    }

    private static void AddCommand(StatsAnswer answer, string name, IReadOnlyList<CommandCounters> counters)
    {
        if (counters.Count == 0)
        {
            return;
        }

        foreach (var kind in Enum.GetValues<ReplyKind>())
        {
            if (counters.Sum(c => c.Of(kind)) is > 0 and var count)
            {
                answer.Add($"{name}:{CommandCounters.NameOf(kind)}", count);
            }
        }

        answer.Add($"{name}:latency_mean_us", Mean(counters.Select(static c => c.Latency)));
    }
}
