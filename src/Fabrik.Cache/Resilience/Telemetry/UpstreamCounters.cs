namespace Fabrik.Cache.Resilience.Telemetry;

/// <summary>The instruments of one upstream, with its label.</summary>
internal sealed class UpstreamCounters(UpstreamMetrics metrics, string upstream)
{
    /// <summary>The labels of <see cref="TierOperation"/>, in its order.</summary>
    private static readonly string[] OperationNames = ["get", "copy", "stat", "contains", "put", "delete"];

    private static readonly KeyValuePair<string, object?>[] Operations =
        [.. OperationNames.Select(name => new KeyValuePair<string, object?>("operation", name))];

    private static readonly KeyValuePair<string, object?> Received = new("direction", "received");
    private static readonly KeyValuePair<string, object?> Sent = new("direction", "sent");
    private static readonly KeyValuePair<string, object?> Won = new("result", "won");
    private static readonly KeyValuePair<string, object?> Lost = new("result", "lost");

    private readonly KeyValuePair<string, object?> _upstream = new("upstream", upstream);

    /// <summary>The label of an operation.</summary>
    public static string NameOf(TierOperation operation) => OperationNames[(int)operation];

    /// <summary>The label of how a transfer ended.</summary>
    public static string NameOf(CacheError? error) => error is null ? "ok" : CacheErrorKindNames.Of(error.Kind);

    /// <summary>A request was not sent.</summary>
    public void Refused(TierOperation operation, string result) =>
        metrics.Requests.Add(1, _upstream, Operations[(int)operation], new("result", result));

    /// <summary>A request has ended.</summary>
    public void Ended(TierOperation operation, string result, TimeSpan duration)
    {
        metrics.Requests.Add(1, _upstream, Operations[(int)operation], new("result", result));
        metrics.Duration.Record(duration.TotalSeconds, _upstream, Operations[(int)operation]);
    }

    /// <summary>Bytes came from the upstream.</summary>
    public void ReceivedBytes(long count) => metrics.Bytes.Add(count, _upstream, Received);

    /// <summary>Bytes went to the upstream.</summary>
    public void SentBytes(long count) => metrics.Bytes.Add(count, _upstream, Sent);

    /// <summary>A request is sent again.</summary>
    public void Retried() => metrics.Retries.Add(1, _upstream);

    /// <summary>A second request was sent for a read, and one of them was answered.</summary>
    public void Hedged(bool won) => metrics.Hedges.Add(1, _upstream, won ? Won : Lost);
}
