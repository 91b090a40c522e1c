using System.Net.Sockets;
using Fabrik.Memcached.Configuration;

namespace Fabrik.Memcached;

/// <summary>The address of a listener cannot be bound.</summary>
/// <param name="listener">The listener.</param>
/// <param name="reason">Why.</param>
internal sealed class ListenException(ListenerOptions listener, SocketException reason)
    : IOException(reason.Message, reason)
{
    /// <summary>The listener.</summary>
    public ListenerOptions Listener => listener;
}
