using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Loop;
using Fabrik.Memcached.Requests;

namespace Fabrik.Memcached.Destinations;

/// <summary>
/// Keeps each value at all children: changes go to all, retrievals to the first one that has the value and does not
/// fail. What touches by the way goes to all too, and the first hit is the answer.
/// </summary>
/// <remarks>
/// Where more than one proxy changes a key at a time, the children may see the changes in different orders; memcached
/// has nothing that would tell. Values with an expiry get alike again. Unique numbers: see <see cref="Leading"/>.
/// </remarks>
internal sealed class Replicate : Strategy
{
    private readonly ReplicationMode _mode;
    private readonly FanoutPool _all;
    private readonly Leading _leading;
    private readonly Failover _reads;

    /// <summary>Over destinations of one loop.</summary>
    public Replicate(
        ILoop loop, Destination[] children, ReplicationMode mode, StrategyCounters? counters = null)
        : base(children, counters)
    {
        _mode = mode;
        _all = new FanoutPool(children);
        _leading = new Leading(loop, children, RuleOf(mode));
        _reads = new Failover(loop, children, new FailoverOptions { OnMiss = true }, Counters) { Name = "reads" };
    }

    /// <inheritdoc/>
    protected override string Description => "replicate, changes to all, answered by " + _mode switch
    {
        ReplicationMode.Majority => "most",
        ReplicationMode.AllAsync => "the first",
        _ => "the worst",
    } + "; retrievals from the first that has it";

    /// <inheritdoc/>
    public override ValueTask<Reply> SendAsync(Request request)
    {
        var isRead = RequestTraits.IsRetrieval(request);
        if (isRead && !Leading.Leads(request) && !RequestTraits.Touches(request))
        {
            // Counted there.
            return _reads.SendAsync(request);
        }

        Counters.Requests++;
        return Leading.Leads(request)
            ? _leading.SendAsync(request)
            : _all.SendAsync(request, isRead ? FanoutRule.FirstHit : RuleOf(_mode));
    }

    private static FanoutRule RuleOf(ReplicationMode mode) => mode switch
    {
        ReplicationMode.Majority => FanoutRule.Majority,
        ReplicationMode.AllAsync => FanoutRule.FirstChild,
        _ => FanoutRule.Worst,
    };
}
