using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Clients;

/// <summary>What became of one command's requests on one route. One loop writes, others read.</summary>
internal sealed class CommandCounters
{
    private static readonly string[] Names =
        ["failed", "hit", "miss", "done", "not_stored", "exists", "client_error", "server_error"];

    private readonly long[] _byKind = new long[Names.Length];

    /// <summary>How long clients' requests took: from their arrival until the answer was there.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>The name of a result in figures.</summary>
    public static string NameOf(ReplyKind kind) => Names[(int)kind];

    /// <summary>Requests that were answered so. From any thread.</summary>
    public long Of(ReplyKind kind) => Volatile.Read(ref _byKind[(int)kind]);

    /// <summary>Counts an answer.</summary>
    public void Add(ReplyKind kind, long microseconds)
    {
        _byKind[(int)kind]++;
        Latency.Add(microseconds);
    }
}
