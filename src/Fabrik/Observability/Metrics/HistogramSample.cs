namespace Fabrik.Observability.Metrics;

/// <summary>A histogram that somebody else has counted.</summary>
/// <param name="Tags">The labels.</param>
/// <param name="Counts">Measurements under each bound and above the one before it; then those above all.</param>
/// <param name="Sum">The sum of all measurements.</param>
internal readonly record struct HistogramSample(KeyValuePair<string, object?>[] Tags, long[] Counts, double Sum);
