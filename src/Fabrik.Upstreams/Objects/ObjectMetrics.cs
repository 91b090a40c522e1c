using System.Diagnostics.Metrics;

namespace Fabrik.Upstreams.Objects;

/// <summary>
/// What happens at object stores, on the meter <c>Fabrik.Upstreams</c>: fabrik_upstream_objects_refused {upstream,
/// reason}, fabrik_upstream_objects_expired {upstream}, fabrik_upstream_existence {upstream, answer},
/// fabrik_upstream_listed_pages {upstream, result}.
/// </summary>
public sealed class ObjectMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Fabrik.Upstreams";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _refused;
    private readonly Counter<long> _expired;
    private readonly Counter<long> _existence;
    private readonly Counter<long> _pages;

    /// <summary>Starts counting at zero.</summary>
    public ObjectMetrics()
    {
        _refused = _meter.CreateCounter<long>(
            "fabrik_upstream_objects_refused", "{object}", "Objects under our keys that were not served.");
        _expired = _meter.CreateCounter<long>(
            "fabrik_upstream_objects_expired", "{object}", "Objects that were found but had expired.");
        _existence = _meter.CreateCounter<long>(
            "fabrik_upstream_existence",
            "{artifact}",
            "Artifacts that were looked for, by where the answer came from.");
        _pages = _meter.CreateCounter<long>(
            "fabrik_upstream_listed_pages", "{page}", "Pages of listings that object stores were asked for.");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    /// <summary>An object was not served; <paramref name="reason"/> is one of a few words.</summary>
    internal void Refused(string upstream, string reason) => _refused.Add(1, Of(upstream), new("reason", reason));

    internal void Expired(string upstream) => _expired.Add(1, Of(upstream));

    /// <summary>Answers were known, asked of the store, or assumed.</summary>
    internal void Existence(string upstream, string answer, int count)
    {
        if (count > 0)
        {
            _existence.Add(count, Of(upstream), new("answer", answer));
        }
    }

    internal void ListedPage(string upstream, bool ok) =>
        _pages.Add(1, Of(upstream), new("result", ok ? "ok" : "error"));

    private static KeyValuePair<string, object?> Of(string upstream) => new("upstream", upstream);
}
