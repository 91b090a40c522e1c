using Fabrik.Cache.Layers;

namespace Fabrik.Cache.Resilience.Latency;

/// <summary>
/// What an upstream's speed has been, and whether asking it is worth the wait. Answer times are those of reads and
/// descriptions; throughput is that of bodies while the upstream was the one that was waited for.
/// </summary>
internal sealed class LatencyModel(UpstreamOptions options, TimeProvider time)
{
    private const double Weight = 0.2;

    // Once it is skipped there is an answer every few seconds only: each must say more.
    private const double ProbeWeight = 0.5;
    private const double ThroughputWeight = 0.3;

    private readonly Lock _gate = new();
    private readonly AnswerTimes _answers = new();
    private readonly long _probeInterval = TimestampLength.Of(time, GuardLimits.SkipProbeInterval);
    private double _logThroughput = double.NaN;
    private long _hedgeTicks;
    private int _sinceQuantile;
    private volatile CacheError? _refusal;
    private long _nextProbe;

    /// <summary>Whether reads are not sent, but for probes.</summary>
    public bool IsSkipped => _refusal is not null;

    /// <summary>How long the next answer is expected to take; <see langword="null"/> before there was one.</summary>
    public TimeSpan? ExpectedAnswer
    {
        get
        {
            lock (_gate)
            {
                return double.IsNaN(_answers.Average) ? null : TimeSpan.FromSeconds(_answers.Average);
            }
        }
    }

    /// <summary>Bytes per second of a large body; <see langword="null"/> before there was one.</summary>
    public double? BytesPerSecond
    {
        get
        {
            lock (_gate)
            {
                return double.IsNaN(_logThroughput) ? null : Math.Exp(_logThroughput);
            }
        }
    }

    /// <summary>
    /// After how long a read is among the slowest twentieth, and at least 10 ms; <see langword="null"/> as long as too
    /// little is known.
    /// </summary>
    public TimeSpan? HedgeDelay =>
        Volatile.Read(ref _hedgeTicks) is > 0 and var ticks ? TimeSpan.FromTicks(ticks) : null;

    /// <summary>A read or a description was answered, or was given up after that time.</summary>
    public void Answered(TimeSpan after)
    {
        lock (_gate)
        {
            _answers.Add(after, IsSkipped ? ProbeWeight : Weight);
            if (++_sinceQuantile >= GuardLimits.HedgeSamples)
            {
                _sinceQuantile = 0;
                var slow = _answers.Quantile(0.95);
                var delay = slow > GuardLimits.MinHedgeDelay ? slow : GuardLimits.MinHedgeDelay;
                Volatile.Write(ref _hedgeTicks, delay.Ticks);
            }

            Decide();
        }
    }

    /// <summary>A body, or a part of it, came; <paramref name="active"/> leaves out what the receiver took.</summary>
    public void Transferred(long bytes, TimeSpan active)
    {
        if (bytes < GuardLimits.ThroughputSample && active < TimeSpan.FromSeconds(1))
        {
            return;
        }

        // Averaged as a logarithm: one fast body is enough to see that a line works again, a few slow ones to see
        // that it does not, whatever powers of ten lie between them.
        var log = Math.Log(Math.Max(1, bytes) / Math.Max(1e-6, active.TotalSeconds));
        lock (_gate)
        {
            var weight = IsSkipped ? ProbeWeight : ThroughputWeight;
            _logThroughput = double.IsNaN(_logThroughput) ? log : _logThroughput + (weight * (log - _logThroughput));
            Decide();
        }
    }

    /// <summary>The error to answer a read with instead of sending it, or <see langword="null"/> to send it.</summary>
    public CacheError? Skip()
    {
        if (_refusal is not { } refusal)
        {
            return null;
        }

        var now = time.GetTimestamp();
        var next = Volatile.Read(ref _nextProbe);
        return now >= next && Interlocked.CompareExchange(ref _nextProbe, now + _probeInterval, next) == next
            ? null
            : refusal;
    }

    /// <summary>
    /// How long a body of that many bytes would take, from its answer on; <see langword="null"/> as long as no body has
    /// come. What the answer itself took is over when this is asked, and counts no more.
    /// </summary>
    public TimeSpan? Estimate(long bytes)
    {
        lock (_gate)
        {
            if (double.IsNaN(_logThroughput))
            {
                return null;
            }

            var seconds = bytes / Math.Exp(_logThroughput);
            return seconds < TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.FromSeconds(seconds) : TimeSpan.MaxValue;
        }
    }

    private void Decide()
    {
        var wasSkipped = IsSkipped;
        var limit = options.MaxLatency;
        if (_answers.Count >= GuardLimits.AnswersToJudge && _answers.Average > limit.TotalSeconds)
        {
            _refusal ??= Refuse($"its answers take longer than {limit.TotalMilliseconds:0} ms");
        }
        else if (_logThroughput < Math.Log(Math.Max(1, options.MinRate)))
        {
            _refusal ??= Refuse($"its bodies come slower than {options.MinRate} bytes per second");
        }
        else
        {
            _refusal = null;
        }

        if (!wasSkipped && IsSkipped)
        {
            Volatile.Write(ref _nextProbe, time.GetTimestamp() + _probeInterval);
        }
    }

    private CacheError Refuse(string why) => new(
        CacheErrorKind.Unavailable, CacheErrorSource.Upstream, $"upstream {options.Name} is skipped: {why}");
}
