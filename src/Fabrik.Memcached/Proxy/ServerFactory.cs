using System.Net;
using System.Net.Sockets;
using Fabrik.Memcached.Backends;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Loop;
using Fabrik.Memcached.Servers;
using Fabrik.Wire.Memcached;
using Microsoft.Extensions.Logging;

namespace Fabrik.Memcached.Proxy;

/// <summary>Makes the servers of one loop.</summary>
/// <param name="loop">The loop.</param>
/// <param name="addresses">What names of DNS mean.</param>
/// <param name="watch">Makes who watches how a server does.</param>
/// <param name="log">Where it is told what happens to connections.</param>
internal sealed class ServerFactory(
    EventLoop loop,
    ServerAddresses addresses,
    Func<ILoop, PoolOptions, ServerOptions, IServerObserver> watch,
    ILogger log)
{
    private const int MaxValueLength = 1024 * 1024 * 1024;

    private static readonly ReaderLimits Limits = new() { MaxValueLength = MaxValueLength };

    /// <summary>The name of a server, with that of its pool.</summary>
    public static string NameOf(PoolOptions pool, ServerOptions server) => $"{pool.Name}/{server}";

    /// <summary>Makes one; nothing is connected yet.</summary>
    /// <param name="pool">Its pool.</param>
    /// <param name="server">The server.</param>
    /// <param name="counters">Where it counts.</param>
    /// <exception cref="IOException">The file of authorities cannot be read.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">It holds no certificates.</exception>
    public ServerDestination Create(PoolOptions pool, ServerOptions server, ServerCounters counters)
    {
        var name = NameOf(pool, server);
        var link = new ServerLink
        {
            Loop = loop,
            Name = name,
            Backend = pool.Name,
            Server = server.ToString(),
            Options = pool.Connections,
            Observer = watch(loop, pool, server),
            OpenChannel = Channel(pool.Connections, server),
            Limits = Limits,
            Log = log,
            EndPoint = () => Known(server),
            Counters = counters,
        };
        return new ServerDestination(link) { Name = name };
    }

    private Func<Socket, IChannel> Channel(ConnectionOptions options, ServerOptions server)
    {
        if (!options.Tls)
        {
            return static socket => new SocketChannel(socket);
        }

        var tls = ServerTls.Of(server, options);
        return socket => TlsChannel.OfClient(socket, loop.Blocks, tls);
    }

    private EndPoint? Known(ServerOptions server) =>
        ServerAddress.Known(server) is { } known ? known
        : addresses.Find(server.Host) is { } found ? new IPEndPoint(found, server.Port)
        : null;
}
