using System.Runtime.CompilerServices;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Destinations;

/// <summary>
/// Asks one child, and others after it as long as those before it failed. It answers the best that came: a hit, then
/// "nothing there", then the error.
/// </summary>
/// <remarks>
/// A command that must not be carried out twice (<c>incr</c>, <c>append</c>, <c>cas</c>, <c>add</c> and the like) goes
/// to another child only where the one before it certainly did not get it (<see cref="Reply.WasNotSent"/>): a server
/// that timed out may have carried it out.
/// </remarks>
internal abstract class Sequence(Destination[] children, StrategyCounters? counters) : Strategy(children, counters)
{
    /// <summary>Whether a retrieval goes on after "nothing there" too.</summary>
    protected virtual bool GoesOnAfterMiss => false;

    /// <inheritdoc/>
    public override ValueTask<Reply> SendAsync(Request request)
    {
        Counters.Requests++;
        var start = Begin();
        return SendAsync(ChildAt(start, 0).SendAsync(request), request, start);
    }

    /// <summary>What tells the orders of requests apart.</summary>
    protected virtual int Begin() => 0;

    /// <summary>The child that is asked after so many others.</summary>
    protected abstract Destination ChildAt(int start, int attempt);

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<Reply> SendAsync(ValueTask<Reply> first, Request request, int start)
    {
        request.Retain();
        var best = await first;
        var last = best;
        for (var attempt = 1; attempt < Children.Length && GoesOn(request, last); attempt++)
        {
            last = await ChildAt(start, attempt).SendAsync(request);
            best = ReplyOrder.TakeBetter(best, last);
        }

        request.Release();
        return best;
    }

    private bool GoesOn(Request request, Reply reply)
    {
        if (!reply.IsFailure)
        {
            // A unique number of another server would be compared with those of the first one later.
            var goesOn = GoesOnAfterMiss && reply.Kind == ReplyKind.Miss && RequestTraits.IsRetrieval(request)
                && !RequestTraits.WantsUnique(request);
            Counters.MissFailovers += goesOn ? 1 : 0;
            return goesOn;
        }

        if (!reply.WasNotSent && !RequestTraits.IsRepeatable(request))
        {
            Counters.NotRepeatable++;
            return false;
        }

        Counters.Failovers++;
        return true;
    }
}
