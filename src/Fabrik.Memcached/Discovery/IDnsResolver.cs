using System.Net;

namespace Fabrik.Memcached.Discovery;

/// <summary>Asks DNS; tests answer by themselves.</summary>
internal interface IDnsResolver
{
    /// <summary>The addresses of a name.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">There are none, or nobody could be asked.</exception>
    Task<IPAddress[]> ResolveAsync(string name, CancellationToken cancellationToken);
}
