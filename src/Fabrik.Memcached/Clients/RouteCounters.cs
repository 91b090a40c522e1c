using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Clients;

/// <summary>
/// What happened on a route, on one loop, by command. It goes on through reloads as long as the route keeps its name.
/// </summary>
internal sealed class RouteCounters
{
    private const int Verbs = 64;

    // What is never asked takes no memory: there may be thousands of routes, and most see two or three commands.
    private readonly CommandCounters?[] _byVerb = new CommandCounters?[Verbs];

    /// <summary>Requests that went there. The loop writes, others read with <see cref="Volatile"/>.</summary>
    public long Requests;

    /// <summary>Keys that were not matched to it, as its regular expression took too long. As above.</summary>
    public long RegexTimeouts;

    /// <summary>What became of a command's requests; null where there were none. From any thread.</summary>
    public CommandCounters? Of(Verb verb) => Volatile.Read(ref _byVerb[(int)verb]);

    /// <summary>Counts an answer.</summary>
    public void Add(Verb verb, ReplyKind kind, long microseconds)
    {
        ref var counters = ref _byVerb[(int)verb];
        if (counters is null)
        {
            Volatile.Write(ref counters, new CommandCounters());
        }

        counters!.Add(kind, microseconds);
    }
}
