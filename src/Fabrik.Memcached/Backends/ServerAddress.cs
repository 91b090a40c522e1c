using System.Net;
using System.Net.Sockets;
using Fabrik.Memcached.Configuration;

namespace Fabrik.Memcached.Backends;

/// <summary>Where a server is.</summary>
internal static class ServerAddress
{
    /// <summary>Where to connect, as far as that is known without asking: not for a name of DNS.</summary>
    public static EndPoint? Known(ServerOptions server) =>
        server.EndPoint is { } known ? known
        : server.Port == 0 ? new UnixDomainSocketEndPoint(server.Host)
        : IPAddress.TryParse(server.Host, out var address) ? new IPEndPoint(address, server.Port)
        : null;
}
