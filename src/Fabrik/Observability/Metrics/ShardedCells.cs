using System.Numerics;

namespace Fabrik.Observability.Metrics;

/// <summary>
/// Rows of numbers that many threads add to: each processor has a row of its own, cache lines apart, so that counting
/// neither waits nor allocates. A reader adds the rows up.
/// </summary>
internal sealed class ShardedCells
{
    // 128 bytes: processors fetch cache lines in pairs.
    private const int Padding = 16;

    private readonly long[] _cells;
    private readonly int _stride;
    private readonly int _mask;

    /// <summary>Makes rows of a width.</summary>
    public ShardedCells(int width)
    {
        uint processors = (uint)Math.Clamp(Environment.ProcessorCount, 1, 16);
        int shards = (int)BitOperations.RoundUpToPowerOf2(processors);
        _mask = shards - 1;
        _stride = (width + Padding - 1) / Padding * Padding;
        _cells = new long[(shards * _stride) + Padding];
    }

    /// <summary>Counts one in a column.</summary>
    public void Increment(int column) => Interlocked.Increment(ref Cell(column));

    /// <summary>Adds to a column of floating-point numbers.</summary>
    public void Add(int column, double value)
    {
        ref long cell = ref Cell(column);
        long seen = Volatile.Read(ref cell);
        while (true)
        {
            long sum = BitConverter.DoubleToInt64Bits(BitConverter.Int64BitsToDouble(seen) + value);
            long before = Interlocked.CompareExchange(ref cell, sum, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }

    /// <summary>The sum of a column of whole numbers.</summary>
    public long Count(int column)
    {
        long sum = 0;
        for (int row = 0; row <= _mask; row++)
        {
            sum += Volatile.Read(ref _cells[(row * _stride) + column]);
        }

        return sum;
    }

    /// <summary>The sum of a column of floating-point numbers.</summary>
    public double Sum(int column)
    {
        double sum = 0;
        for (int row = 0; row <= _mask; row++)
        {
            sum += BitConverter.Int64BitsToDouble(Volatile.Read(ref _cells[(row * _stride) + column]));
        }

        return sum;
    }

    private ref long Cell(int column) =>
        ref _cells[((Thread.GetCurrentProcessorId() & _mask) * _stride) + column];
}
