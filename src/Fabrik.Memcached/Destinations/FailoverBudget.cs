using Fabrik.Memcached.Loop;

namespace Fabrik.Memcached.Destinations;

/// <summary>
/// How many requests a second may be sent to others, so that a failure of many servers does not become one of the rest.
/// What is not used of a second is left for the next one, and no longer.
/// </summary>
/// <param name="loop">Whose time counts.</param>
/// <param name="perSecond">How many; 0 for any number.</param>
internal sealed class FailoverBudget(ILoop loop, int perSecond)
{
    private double _left = perSecond;
    private long _filled = loop.Now;

    /// <summary>Takes one, where there is one.</summary>
    public bool TryTake()
    {
        if (perSecond == 0)
        {
            return true;
        }

        var now = loop.Now;
        _left = Math.Min(perSecond, _left + (loop.Time.GetElapsedTime(_filled, now).TotalSeconds * perSecond));
        _filled = now;
        if (_left < 1)
        {
            return false;
        }

        _left--;
        return true;
    }
}
