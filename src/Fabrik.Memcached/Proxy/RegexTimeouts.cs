using Fabrik.Memcached.Clients;
using Fabrik.Memcached.Loop;
using Fabrik.Memcached.Routing;
using Microsoft.Extensions.Logging;

namespace Fabrik.Memcached.Proxy;

/// <summary>
/// Counts the keys for which a route's regular expression took too long, and tells of them, once a minute at most. On
/// the loop's thread.
/// </summary>
internal sealed class RegexTimeouts(ILoop loop, ILogger log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private long _toldAt;
    private long _untold;
    private bool _isTold;

    /// <summary>The limit of a route.</summary>
    public RegexLimit Of(Route route) => RegexLimit.Usual with { Exceeded = () => Note(route) };

    private void Note(Route route)
    {
        route.Counters.RegexTimeouts++;
        _untold++;
        if (!_isTold || loop.Time.GetElapsedTime(_toldAt, loop.Now) >= Interval)
        {
            Log.RegexTimedOut(log, route.Name, RegexLimit.Usual.Time.TotalMilliseconds, _untold);
            (_isTold, _toldAt, _untold) = (true, loop.Now, 0);
        }
    }
}
