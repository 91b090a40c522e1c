using System.Net;
using System.Net.Sockets;

namespace Fabrik.Memcached.Servers;

/// <summary>How connections to servers begin.</summary>
internal static class ServerSocket
{
    /// <summary>A socket that connects, or has connected; it can be written to when that is over.</summary>
    /// <exception cref="SocketException">It cannot even be begun.</exception>
    public static Socket Connect(EndPoint endPoint)
    {
        var isUnix = endPoint is UnixDomainSocketEndPoint;
        var socket = new Socket(
            endPoint.AddressFamily,
            SocketType.Stream,
            isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp)
        { Blocking = false };
        try
        {
            if (!isUnix)
            {
                socket.NoDelay = true;
            }

            socket.Connect(endPoint);
        }
        catch (SocketException e)
            when (!isUnix && e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            // That is how a connection begins which does not come about at once; over Unix sockets it never does:
            // there it means that too many wait already (connect(2), EAGAIN).
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        return socket;
    }
}
