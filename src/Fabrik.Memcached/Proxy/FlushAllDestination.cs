using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Proxy;

/// <summary>All servers: <c>flush_all</c> is done when each of them has done it.</summary>
internal sealed class FlushAllDestination(LoopDestinations servers) : Destination
{
    /// <inheritdoc/>
    public override async ValueTask<Reply> SendAsync(Request request)
    {
        request.Retain();
        var asked = servers.Servers.Select(server => server.SendAsync(request)).ToArray();
        var worst = default(Reply);
        foreach (var answer in asked)
        {
            var reply = await answer;
            if (worst.Block is null || (worst.Kind == ReplyKind.Done && reply.Kind != ReplyKind.Done))
            {
                worst.Release();
                worst = reply;
            }
            else
            {
                reply.Release();
            }
        }

        request.Release();
        return worst;
    }

    /// <inheritdoc/>
    public override void Explain(ReadOnlySpan<byte> key, DestinationPath path) => path.Add("all servers");
}
