using System.Numerics;

namespace Fabrik.MemcachedBench;

/// <summary>Times in nanoseconds, each to within three percent.</summary>
internal sealed class Histogram
{
    private const int SubBits = 5;
    private const int Sub = 1 << SubBits;

    private readonly long[] _buckets = new long[64 * Sub];

    public long Count { get; private set; }

    public void Add(long nanoseconds)
    {
        Count++;
        _buckets[Index(Math.Max(1, nanoseconds))]++;
    }

    public void Add(Histogram other)
    {
        Count += other.Count;
        for (var i = 0; i < _buckets.Length; i++)
        {
            _buckets[i] += other._buckets[i];
        }
    }

    /// <summary>The time, in microseconds, that a share of all do not exceed.</summary>
    public double Microseconds(double share)
    {
        var left = (long)Math.Ceiling(Count * share);
        for (var i = 0; i < _buckets.Length; i++)
        {
            left -= _buckets[i];
            if (left <= 0)
            {
                return Value(i) / 1000.0;
            }
        }

        return 0;
    }

    private static int Index(long value)
    {
        var exponent = Math.Max(0, BitOperations.Log2((ulong)value) - SubBits);
        return (exponent << SubBits) + (int)(value >> exponent);
    }

    private static double Value(int index)
    {
        var exponent = Math.Max(0, (index >> SubBits) - 1);
        return (double)((long)(index - (exponent << SubBits)) << exponent);
    }
}
