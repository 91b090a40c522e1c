using System.Runtime.CompilerServices;
using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.Destinations.Rewriting;
using Fabrik.Memcached.Loop;
using Fabrik.Memcached.Requests;
using Fabrik.Memcached.SideEffects.Spool;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.SideEffects;

/// <summary>
/// <c>memcached_write</c>: what was changed is changed at another backend too. What was stored under a condition is
/// stored there without one; where only the outcome could tell the value, it is removed there. Deletes go there
/// whatever they met, and those that fail wait in a spool where there is one.
/// </summary>
/// <remarks>
/// <c>incr</c>, <c>append</c> and the like are repeated: they give the same value only where it was the same.
/// </remarks>
internal sealed class MemcachedWrite(
    ILoop loop, Destination target, int limit, SendCounters counters, DeleteSpool? spool)
    : SideEffect
{
    private readonly RequestMaker _maker = new(loop);
    private readonly RequestRewriter _rewriter = new(loop);
    private readonly BackgroundSends _sends = new(limit, counters);

    /// <inheritdoc/>
    public override SendCounters Counters => counters;

    /// <inheritdoc/>
    public override int Outstanding => _sends.Outstanding;

    /// <inheritdoc/>
    public override void After(Request request, in Reply reply)
    {
        if (!RequestTraits.IsChange(request) || reply.Kind == ReplyKind.ClientError)
        {
            return;
        }

        if (RequestTraits.IsDelete(request))
        {
            Delete(request);
        }
        else if (reply.Kind is ReplyKind.Done or ReplyKind.Hit)
        {
            Repeat(request);
        }
    }

    private void Repeat(Request request)
    {
        if (RequestTraits.StoresAll(request) && !RequestTraits.IsPlainStore(request))
        {
            var store = _rewriter.AsPlainStore(request);
            _sends.TrySend(target, store);
            store.Release();
        }
        else if (RequestTraits.ComparesUnique(request))
        {
            Delete(request);
        }
        else
        {
            _sends.TrySend(target, request);
        }
    }

    private void Delete(Request request)
    {
        if (!_sends.TryBegin())
        {
            spool?.TryAdd(request.RoutingKey);
            return;
        }

        if (RequestTraits.IsPlainDelete(request) || !RequestMaker.CanWrite(request.RoutingKey))
        {
            _sends.Watch(DeleteAsync(request));
            return;
        }

        var delete = _maker.Delete(request.RoutingKey);
        _sends.Watch(DeleteAsync(delete));
        delete.Release();
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<Reply> DeleteAsync(Request delete)
    {
        delete.Retain();
        var reply = await target.SendAsync(delete);
        if (reply.IsFailure)
        {
            spool?.TryAdd(delete.RoutingKey);
        }

        delete.Release();
        return reply;
    }
}
