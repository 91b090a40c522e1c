namespace Fabrik.Memcached.Clients;

/// <summary>What clients of one loop did. The loop writes, others read with <see cref="Volatile"/>.</summary>
internal sealed class ClientCounters
{
    private const int Verbs = 64;

    /// <summary>Clients that are connected.</summary>
    public long Current;

    /// <summary>Clients that have connected.</summary>
    public long Accepted;

    /// <summary>Bytes that were received.</summary>
    public long BytesReceived;

    /// <summary>Bytes that were sent.</summary>
    public long BytesSent;

    /// <summary>Commands that were wrong.</summary>
    public long Faults;

    /// <summary>Requests that were answered with an error of the proxy or its servers.</summary>
    public long Failures;

    /// <summary>Keys that were found.</summary>
    public long Hits;

    /// <summary>Keys that were not found.</summary>
    public long Misses;

    /// <summary>Commands by <see cref="Wire.Memcached.Verb"/>; of retrievals their keys.</summary>
    public long[] ByVerb { get; } = new long[Verbs];
}
