using System.Runtime.CompilerServices;
using Fabrik.Memcached.Destinations.Rewriting;
using Fabrik.Memcached.Loop;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Destinations;

/// <summary>
/// Several destinations with the same values, of which the first one decides what has to do with unique numbers: it
/// alone is asked for them, and compares them; what it has stored then is stored at the others whatever they have.
/// Where what it carried out cannot be said without the number, the value is removed from the others.
/// </summary>
internal sealed class Leading(ILoop loop, Destination[] children, FanoutRule rule)
{
    private readonly FanoutPool? _followers = children.Length > 1 ? new FanoutPool(children[1..]) : null;
    private readonly RequestRewriter _rewriter = new(loop);
    private readonly RequestMaker _maker = new(loop);

    /// <summary>Whether a request has to do with unique numbers.</summary>
    public static bool Leads(Request request) =>
        RequestTraits.WantsUnique(request) || RequestTraits.ComparesUnique(request);

    /// <summary>Has the first one decide.</summary>
    public ValueTask<Reply> SendAsync(Request request) =>
        _followers is null || RequestTraits.IsRetrieval(request)
            ? children[0].SendAsync(request)
            : FollowAsync(children[0].SendAsync(request), request, _followers);

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<Reply> FollowAsync(ValueTask<Reply> first, Request request, FanoutPool followers)
    {
        request.Retain();
        var reply = await first;
        if (reply.Kind is ReplyKind.Done or ReplyKind.Hit && Repeat(request) is { } repeated)
        {
            var followed = await followers.SendAsync(repeated, rule);
            repeated.Release();
            // A value that is not there to be removed is no bad news.
            if (followed.IsFailure && rule != FanoutRule.FirstChild)
            {
                reply = ReplyOrder.TakeWorse(reply, followed);
            }
            else
            {
                followed.Release();
            }
        }

        request.Release();
        return reply;
    }

    private Request? Repeat(Request request)
    {
        if (RequestTraits.StoresAll(request))
        {
            return _rewriter.AsPlainStore(request);
        }

        return RequestMaker.CanWrite(request.RoutingKey) ? _maker.Delete(request.RoutingKey) : null;
    }
}
