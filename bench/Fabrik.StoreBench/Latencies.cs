using System.Diagnostics;

namespace Fabrik.StoreBench;

/// <summary>How long each operation of a run took, and how long the run took as a whole.</summary>
internal sealed class Latencies(int count)
{
    private readonly long[] _ticks = new long[count];
    private bool _isSorted;

    /// <summary>The whole run.</summary>
    public TimeSpan Elapsed { get; set; }

    /// <summary>Operations in a second.</summary>
    public double Rate => _ticks.Length / Elapsed.TotalSeconds;

    /// <summary>Notes what began at a timestamp and has ended now.</summary>
    public void Set(int index, long start) => _ticks[index] = Stopwatch.GetTimestamp() - start;

    /// <summary>The microseconds within which a share of the operations (0 to 1) were done.</summary>
    public double Microseconds(double share)
    {
        if (!_isSorted)
        {
            Array.Sort(_ticks);
            _isSorted = true;
        }

        var index = Math.Min(_ticks.Length - 1, (int)(share * _ticks.Length));
        return _ticks[index] * 1e6 / Stopwatch.Frequency;
    }
}
