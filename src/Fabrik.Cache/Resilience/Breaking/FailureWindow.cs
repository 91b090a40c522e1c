namespace Fabrik.Cache.Resilience.Breaking;

/// <summary>
/// The share of failures over the last while, in two halves: what is counted is between one and two halves old at most.
/// Not safe for threads; the breaker's lock is around it.
/// </summary>
internal sealed class FailureWindow(TimeProvider time)
{
    private readonly long _half = TimestampLength.Of(time, GuardLimits.RatioHalfWindow);
    private long _since = time.GetTimestamp();
    private (int All, int Failed) _before;
    private (int All, int Failed) _now;

    /// <summary>Whether there are enough requests, and too many of them failed.</summary>
    public bool IsBad
    {
        get
        {
            var all = _before.All + _now.All;
            return all >= GuardLimits.RatioMinimum
                && _before.Failed + _now.Failed >= all * GuardLimits.FailureRatio;
        }
    }

    /// <summary>Counts a request.</summary>
    public void Add(bool isFailure)
    {
        var now = time.GetTimestamp();
        if (now - _since >= _half)
        {
            _before = now - _since < 2 * _half ? _now : default;
            _now = default;
            _since = now;
        }

        _now = (_now.All + 1, _now.Failed + (isFailure ? 1 : 0));
    }

    /// <summary>Forgets everything.</summary>
    public void Clear() => _before = _now = default;
}
