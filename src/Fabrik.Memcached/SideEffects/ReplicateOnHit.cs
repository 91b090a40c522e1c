using System.Runtime.CompilerServices;
using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.Destinations.Rewriting;
using Fabrik.Memcached.Destinations.Tiers;
using Fabrik.Memcached.Loop;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.SideEffects;

/// <summary>
/// <c>replicate_on_hit</c>: what was read is added to another backend, with the client's flags and the rest of its
/// life, which the source is asked for. The same key is not looked at again for a while.
/// </summary>
/// <remarks>
/// A value that is removed at the source just then may be added to the target all the same: deletes have to reach the
/// target too (<see cref="MemcachedWrite"/>).
/// </remarks>
internal sealed class ReplicateOnHit(
    ILoop loop, Destination source, Destination target, ReplicateOnHitLimits limits, SendCounters counters)
    : SideEffect
{
    private readonly RequestMaker _maker = new(loop);
    private readonly MetaSupport _support = new(loop, limits.ClassicFor);
    private readonly RecentKeys _recent = new(loop, limits.SameKeyAfter);
    private readonly BackgroundSends _sends = new(limits.MaxOutstanding, counters);

    /// <inheritdoc/>
    public override SendCounters Counters => counters;

    /// <inheritdoc/>
    public override int Outstanding => _sends.Outstanding;

    /// <inheritdoc/>
    public override void After(Request request, in Reply reply)
    {
        if (reply.Kind == ReplyKind.Hit && RequestTraits.IsRetrieval(request)
            && RequestMaker.CanWrite(request.RoutingKey) && _recent.TryAdd(request.RoutingKey) && _sends.TryBegin())
        {
            _sends.Watch(CopyAsync(request, reply));
        }
    }

    // The answer of the target; that of the source where there is nothing to add.
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<Reply> CopyAsync(Request request, Reply hit)
    {
        request.Retain();
        hit.Block?.Retain();
        var known = RefillValue.Read(hit);
        var answer = Reply.Miss;
        var mayAdd = !known.IsStale;
        if (mayAdd && !_support.IsMissing)
        {
            var question = _maker.MetaTimeLeft(request.RoutingKey);
            var pending = source.SendAsync(question);
            question.Release();
            answer = await pending;
            if (!_support.IsRefused(answer))
            {
                known = RefillValue.Read(answer);
                mayAdd = answer.Kind is ReplyKind.Done or ReplyKind.Hit && !known.IsStale && !known.IsNearlyExpired;
            }
        }

        if (mayAdd)
        {
            answer.Release();
            var now = loop.Time.GetUtcNow().ToUnixTimeSeconds();
            var expiry = known.Expiry(now, (long)limits.Expiry.TotalSeconds);
            var add = _maker.Add(request.RoutingKey, hit.Value, known.ClientFlags, expiry);
            var pending = target.SendAsync(add);
            add.Release();
            answer = await pending;
        }

        hit.Release();
        request.Release();
        return answer;
    }
}
