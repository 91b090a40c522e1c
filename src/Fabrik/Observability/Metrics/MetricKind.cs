namespace Fabrik.Observability.Metrics;

/// <summary>What a Prometheus family is.</summary>
internal enum MetricKind
{
    /// <summary>A sum that only grows.</summary>
    Counter,

    /// <summary>A value that goes up and down.</summary>
    Gauge,

    /// <summary>How many measurements fell under each of some bounds.</summary>
    Histogram,
}
