using System.Runtime.CompilerServices;
using Fabrik.Memcached.Destinations.Rewriting;
using Fabrik.Memcached.Loop;
using Fabrik.Memcached.Requests;

namespace Fabrik.Memcached.Destinations.Tiers;

/// <summary>
/// Reads values with the rest of their lives, by <c>mg</c>; by <c>get</c>, without, where a server does not know that.
/// </summary>
internal sealed class FallbackReader(ILoop loop, Destination fallback, TimeSpan classicFor)
{
    private readonly RequestMaker _maker = new(loop);
    private readonly MetaSupport _support = new(loop, classicFor);

    /// <summary>Whether the server is asked by <c>get</c> now.</summary>
    public bool IsClassic => _support.IsMissing;

    /// <summary>Reads a value.</summary>
    /// <param name="request">Whose key; it must be one that <see cref="RequestMaker.CanWrite"/> can write.</param>
    /// <param name="touch">What its expiry becomes by the way; null for no change.</param>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    public async ValueTask<Reply> ReadAsync(Request request, long? touch)
    {
        if (!IsClassic)
        {
            var meta = touch is { } expiry
                ? _maker.MetaGetAndTouch(request.RoutingKey, expiry)
                : _maker.MetaGet(request.RoutingKey);
            request.Retain();
            var reply = await fallback.SendAsync(meta);
            meta.Release();
            request.Release();
            if (!_support.IsRefused(reply))
            {
                return reply;
            }

            reply.Release();
        }

        var get = _maker.Get(request.RoutingKey);
        var pending = fallback.SendAsync(get);
        get.Release();
        return await pending;
    }
}
