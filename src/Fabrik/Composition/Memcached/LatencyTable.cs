using Fabrik.Memcached.Requests;
using Fabrik.Observability.Metrics;

namespace Fabrik.Composition.Memcached;

/// <summary>Latencies as loops count them, by powers of two microseconds, as a histogram.</summary>
internal static class LatencyTable
{
    private static readonly double[] Bounds =
    [
        .. Enumerable.Range(0, LatencyHistogram.BucketCount - 1).Select(power => Math.ScaleB(1, power) / 1_000_000),
    ];

    /// <summary>A family of such histograms.</summary>
    public static MetricFamilyOptions Family(string name, string help) => new()
    {
        Name = name,
        Help = help,
        Kind = MetricKind.Histogram,
        IsObserved = true,
        Bounds = Bounds,
    };

    /// <summary>What all loops have seen of one thing.</summary>
    public static HistogramSample Sample(KeyValuePair<string, object?>[] tags, IEnumerable<LatencyHistogram> latencies)
    {
        long[] counts = new long[LatencyHistogram.BucketCount];
        double sum = 0;
        foreach (LatencyHistogram one in latencies)
        {
            for (int i = 0; i < counts.Length; i++)
            {
                counts[i] += Volatile.Read(ref one.Buckets[i]);
            }

            sum += Volatile.Read(ref one.Sum) / 1_000_000.0;
        }

        return new HistogramSample(tags, counts, sum);
    }
}
