using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Fabrik.Server;

/// <summary>
/// The meter <c>Fabrik.Server</c>. Names and labels are promised to dashboards: fabrik_cache_hits and
/// fabrik_cache_misses {tool}, fabrik_request_duration_seconds {tool, operation}, fabrik_bandwidth_bytes {direction},
/// fabrik_errors {tool, kind}, fabrik_active_requests, fabrik_bazel_incomplete_results, fabrik_bazel_actions
/// {mnemonic, outcome}.
/// </summary>
public sealed class ServerMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Fabrik.Server";

    private static readonly KeyValuePair<string, object?> Received = new("direction", "received");
    private static readonly KeyValuePair<string, object?> Sent = new("direction", "sent");

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _hits;
    private readonly Counter<long> _misses;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _bandwidth;
    private readonly Counter<long> _errors;
    private readonly UpDownCounter<long> _active;
    private readonly Counter<long> _incompleteResults;
    private readonly Counter<long> _actions;

    /// <summary>Starts counting at zero.</summary>
    public ServerMetrics()
    {
        _hits = _meter.CreateCounter<long>(
            "fabrik_cache_hits", "{request}", "Reads that were answered with an artifact.");
        _misses = _meter.CreateCounter<long>("fabrik_cache_misses", "{request}", "Reads that found no artifact.");
        _duration = _meter.CreateHistogram<double>(
            "fabrik_request_duration_seconds", "s", "From the headers of a request to the end of its answer.");
        _bandwidth = _meter.CreateCounter<long>(
            "fabrik_bandwidth_bytes", "By", "Bytes of artifacts that tools sent or were sent.");
        _errors = _meter.CreateCounter<long>(
            "fabrik_errors", "{request}", "Requests that failed, by the kind of failure.");
        _active = _meter.CreateUpDownCounter<long>("fabrik_active_requests", "{request}", "Requests being answered.");
        _incompleteResults = _meter.CreateCounter<long>(
            "fabrik_bazel_incomplete_results",
            "{result}",
            "Results of actions that were found, and not served because a blob that they name was gone.");
        _actions = _meter.CreateCounter<long>(
            "fabrik_bazel_actions",
            "{action}",
            "Questions for results of actions and results that were sent, by the kind of action.");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    internal void Hit(string tool) => _hits.Add(1, Tool(tool));

    internal void Miss(string tool) => _misses.Add(1, Tool(tool));

    internal void SentBytes(long count) => _bandwidth.Add(count, Sent);

    internal void ReceivedBytes(long count) => _bandwidth.Add(count, Received);

    internal void Failed(string tool, string kind) => _errors.Add(1, Tool(tool), new("kind", kind));

    internal void IncompleteResult() => _incompleteResults.Add(1);

    internal void Action(string mnemonic, string outcome) =>
        _actions.Add(1, new("mnemonic", mnemonic), new("outcome", outcome));

    internal void Started() => _active.Add(1);

    internal void Ended(string tool, string operation, TimeSpan duration)
    {
        _active.Add(-1);
        _duration.Record(duration.TotalSeconds, new TagList { Tool(tool), { "operation", operation } });
    }

    private static KeyValuePair<string, object?> Tool(string tool) => new("tool", tool);
}
