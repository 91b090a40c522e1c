using System.Runtime.CompilerServices;
using Fabrik.Memcached.Loop;
using Fabrik.Memcached.Requests;

namespace Fabrik.Memcached.Destinations;

/// <summary>
/// Sends each request to the better of two children chosen at random: the one that answered faster lately, times the
/// requests that it has not answered yet. A failure counts as slow.
/// </summary>
/// <remarks>
/// What is known of a child fades while it is not asked, so that a slow one is tried again; besides, some requests go
/// to any child. Latencies are moving averages whose weight is the time that has passed, not the number of requests.
/// </remarks>
internal sealed class LeastLatency : Strategy
{
    private const int ProbeEvery = 128;
    private static readonly TimeSpan FailurePenalty = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(10);

    private readonly ILoop _loop;
    private readonly Score[] _scores;
    private readonly double _ticksPerSecond;
    private ulong _random;

    /// <summary>Over destinations of one loop.</summary>
    /// <param name="loop">The loop of all.</param>
    /// <param name="children">The destinations.</param>
    /// <param name="seed">Of the random choices.</param>
    /// <param name="counters">What goes on to be counted; null for counters of its own.</param>
    public LeastLatency(ILoop loop, Destination[] children, ulong seed, StrategyCounters? counters = null)
        : base(children, counters)
    {
        _loop = loop;
        _scores = new Score[children.Length];
        _ticksPerSecond = loop.Time.TimestampFrequency;
        _random = seed | 1;
    }

    /// <inheritdoc/>
    protected override string Description => "least_latency, the faster one of two chosen at random";

    /// <inheritdoc/>
    public override ValueTask<Reply> SendAsync(Request request)
    {
        Counters.Requests++;
        var index = Pick();
        _scores[index].Outstanding++;
        return MeasureAsync(Children[index].SendAsync(request), index, _loop.Now);
    }

    /// <inheritdoc/>
    public override void Explain(ReadOnlySpan<byte> key, DestinationPath path)
    {
        path.Add($"{Name}: {Description}");
        for (var i = 0; i < Children.Length; i++)
        {
            path.Add($"{SecondsOf(i) * 1000:0.000} ms:");
            path.Enter(Children[i], key);
        }
    }

    /// <summary>What is known of a child's latency now, in seconds.</summary>
    public double SecondsOf(int index) => _scores[index].Seconds * Fading(_scores[index].At);

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<Reply> MeasureAsync(ValueTask<Reply> pending, int index, long sent)
    {
        var reply = await pending;
        var seconds = (_loop.Now - sent) / _ticksPerSecond;
        Learn(index, reply.IsFailure ? Math.Max(seconds, FailurePenalty.TotalSeconds) : seconds);
        return reply;
    }

    private int Pick()
    {
        var count = _scores.Length;
        if (count == 1)
        {
            return 0;
        }

        var one = (int)(Next() % (ulong)count);
        if (Counters.Requests % ProbeEvery == 0)
        {
            return one;
        }

        var other = (int)(Next() % (ulong)(count - 1));
        other += other >= one ? 1 : 0;
        return Cost(other) < Cost(one) ? other : one;
    }

    private double Cost(int index) => SecondsOf(index) * (_scores[index].Outstanding + 1);

    private void Learn(int index, double seconds)
    {
        ref var score = ref _scores[index];
        score.Outstanding--;
        var old = Fading(score.At);
        // A worse answer is believed at once, better ones by and by.
        score.Seconds = seconds > score.Seconds ? seconds : (score.Seconds * old) + (seconds * (1 - old));
        score.At = _loop.Now;
    }

    private double Fading(long since) =>
        Math.Exp(-((_loop.Now - since) / _ticksPerSecond) / Memory.TotalSeconds);

    private ulong Next()
    {
        _random ^= _random << 13;
        _random ^= _random >> 7;
        _random ^= _random << 17;
        return _random;
    }

    private struct Score
    {
        public double Seconds;
        public long At;
        public int Outstanding;
    }
}
