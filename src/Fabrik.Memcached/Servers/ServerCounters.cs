using Fabrik.Memcached.Requests;

namespace Fabrik.Memcached.Servers;

/// <summary>What one loop has seen of a server. The loop writes, others read with <see cref="Volatile"/>.</summary>
internal sealed class ServerCounters
{
    /// <summary>Requests that were accepted.</summary>
    public long Requests;

    /// <summary>Requests whose answer was a value.</summary>
    public long Hits;

    /// <summary>Requests that failed, for whatever reason.</summary>
    public long Failures;

    /// <summary>Requests whose time was over.</summary>
    public long Timeouts;

    /// <summary>Connections that came about.</summary>
    public long Connects;

    /// <summary>Connections that broke, or did not come about.</summary>
    public long Breaks;

    /// <summary>Bytes that were sent.</summary>
    public long BytesSent;

    /// <summary>Bytes that were received.</summary>
    public long BytesReceived;

    /// <summary>Requests that wait for their answer now.</summary>
    public long Pending;

    /// <summary>Connections that are open now.</summary>
    public long Connections;

    /// <summary>How long answers took.</summary>
    public LatencyHistogram Latency { get; } = new();
}
