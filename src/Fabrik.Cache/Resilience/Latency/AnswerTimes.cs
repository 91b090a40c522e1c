namespace Fabrik.Cache.Resilience.Latency;

/// <summary>
/// How long answers take: a moving average, and a histogram that forgets, for the slow end of the distribution. Buckets
/// grow by a quarter from 50 µs to a minute, so a quantile is right to 25 %. Not safe for threads; the model's lock is
/// around it.
/// </summary>
internal sealed class AnswerTimes
{
    private const int Buckets = 64;
    private const double Growth = 1.25;
    private const double Smallest = 50e-6;

    // When so many are counted all counts are halved: what the quantile follows is about the last 500 answers.
    private const int Memory = 512;

    private readonly int[] _counts = new int[Buckets];
    private int _count;

    /// <summary>The moving average in seconds; NaN before the first answer.</summary>
    public double Average { get; private set; } = double.NaN;

    /// <summary>How many answers are remembered.</summary>
    public int Count => _count;

    /// <summary>
    /// Takes an answer. The first ones count alike: the very first waits for a connection, and for much more that is
    /// made once.
    /// </summary>
    /// <param name="time">How long it took.</param>
    /// <param name="weight">How much it counts in the average, from 0 to 1.</param>
    public void Add(TimeSpan time, double weight)
    {
        var seconds = time.TotalSeconds;
        weight = Math.Max(weight, 1.0 / (_count + 1));
        Average = double.IsNaN(Average) ? seconds : Average + (weight * (seconds - Average));
        _counts[BucketOf(seconds)]++;
        if (++_count >= Memory)
        {
            Halve();
        }
    }

    /// <summary>The time within which a share of the answers came, rounded up to the bucket's end.</summary>
    public TimeSpan Quantile(double share)
    {
        var wanted = (int)Math.Ceiling(share * _count);
        var seen = 0;
        for (var i = 0; i < Buckets; i++)
        {
            seen += _counts[i];
            if (seen >= wanted)
            {
                return TimeSpan.FromSeconds(Smallest * Math.Pow(Growth, i));
            }
        }

        return TimeSpan.FromSeconds(Smallest * Math.Pow(Growth, Buckets));
    }

    private static int BucketOf(double seconds) => seconds <= Smallest
        ? 0
        : Math.Min(Buckets - 1, (int)Math.Ceiling(Math.Log(seconds / Smallest) / Math.Log(Growth)));

    private void Halve()
    {
        _count = 0;
        for (var i = 0; i < Buckets; i++)
        {
            _counts[i] /= 2;
            _count += _counts[i];
        }
    }
}
