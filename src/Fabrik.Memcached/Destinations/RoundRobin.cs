using Fabrik.Memcached.Requests;

namespace Fabrik.Memcached.Destinations;

/// <summary>Sends each request to the next one in turn, whatever its key.</summary>
internal sealed class RoundRobin(Destination[] children, StrategyCounters? counters = null)
    : Strategy(children, counters)
{
    private int _next;

    /// <inheritdoc/>
    protected override string Description => "round_robin, one after the other";

    /// <inheritdoc/>
    public override ValueTask<Reply> SendAsync(Request request)
    {
        Counters.Requests++;
        var index = _next;
        _next = index + 1 < Children.Length ? index + 1 : 0;
        return Children[index].SendAsync(request);
    }
}
