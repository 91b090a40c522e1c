using System.Net;

namespace Fabrik.Memcached.Discovery;

/// <summary>Asks as the system does.</summary>
internal sealed class SystemResolver : IDnsResolver
{
    /// <inheritdoc/>
    public Task<IPAddress[]> ResolveAsync(string name, CancellationToken cancellationToken) =>
        Dns.GetHostAddressesAsync(name, cancellationToken);
}
