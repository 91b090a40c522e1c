using Fabrik.Memcached.Requests;

namespace Fabrik.Memcached.Destinations;

/// <summary>
/// Sends each request to all. Of a retrieval the first hit is the answer, and without one the best that came; of all
/// else the worst, when all have answered.
/// </summary>
/// <remarks>
/// What has to do with unique numbers goes to the first child alone, as each server has its own: see <see
/// cref="Leading"/>.
/// </remarks>
internal sealed class Parallel : Strategy
{
    private readonly FanoutPool _all;
    private readonly Leading _leading;

    /// <summary>Over destinations of one loop.</summary>
    public Parallel(Loop.ILoop loop, Destination[] children, StrategyCounters? counters = null)
        : base(children, counters)
    {
        _all = new FanoutPool(children);
        _leading = new Leading(loop, children, FanoutRule.Worst);
    }

    /// <inheritdoc/>
    protected override string Description => "parallel, all at once; the first hit, or the worst answer to a change";

    /// <inheritdoc/>
    public override ValueTask<Reply> SendAsync(Request request)
    {
        Counters.Requests++;
        if (Leading.Leads(request))
        {
            return _leading.SendAsync(request);
        }

        return _all.SendAsync(request, RequestTraits.IsRetrieval(request) ? FanoutRule.FirstHit : FanoutRule.Worst);
    }
}
