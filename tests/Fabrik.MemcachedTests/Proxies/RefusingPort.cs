using System.Net;
using System.Net.Sockets;

namespace Fabrik.MemcachedTests.Proxies;

/// <summary>A port where nobody listens, and nobody else can: it is taken. Who connects is refused.</summary>
internal sealed class RefusingPort : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public RefusingPort() => _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public IPEndPoint EndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    public void Dispose() => _socket.Dispose();
}
