using System.Numerics;

namespace Fabrik.Memcached.Requests;

/// <summary>
/// How long answers took, by powers of two microseconds. One loop writes, others read with <see cref="Volatile"/>.
/// </summary>
internal sealed class LatencyHistogram
{
    /// <summary>How many there are of <see cref="Buckets"/>.</summary>
    public const int BucketCount = 24;

    /// <summary>The time of all answers together, in microseconds.</summary>
    public long Sum;

    /// <summary>Answers by the time they took: bucket i below 2^i microseconds, the last one all above.</summary>
    public long[] Buckets { get; } = new long[BucketCount];

    /// <summary>Counts an answer.</summary>
    /// <param name="microseconds">How long it took; not negative.</param>
    public void Add(long microseconds)
    {
        Sum += microseconds;
        Buckets[Math.Min(BucketCount - 1, microseconds == 0 ? 0 : BitOperations.Log2((ulong)microseconds) + 1)]++;
    }

    /// <summary>The mean of several, in microseconds; 0 without an answer. From any thread.</summary>
    public static double Mean(IEnumerable<LatencyHistogram> all)
    {
        long count = 0;
        long sum = 0;
        foreach (var one in all)
        {
            sum += Volatile.Read(ref one.Sum);
            foreach (ref var bucket in one.Buckets.AsSpan())
            {
                count += Volatile.Read(ref bucket);
            }
        }

        return count == 0 ? 0 : (double)sum / count;
    }
}
