using System.Security.Cryptography.X509Certificates;

namespace Fabrik.Upstreams.Http;

/// <summary>How a server on the net is reached.</summary>
public sealed record HttpLinkOptions
{
    /// <summary>
    /// The only authorities that may vouch for the server; null for those of the system. Revocation is not asked for:
    /// the lists of private authorities are seldom reachable.
    /// </summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>
    /// Whether <c>http_proxy</c>, <c>HTTPS_PROXY</c>, <c>ALL_PROXY</c> and <c>NO_PROXY</c> hold, as for other tools.
    /// Loopback never goes through a proxy.
    /// </summary>
    public bool UseProxy { get; init; } = true;

    /// <summary>The longest that connecting takes, with name look-up and TLS.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a connection is used; then a change of address in DNS is noticed.</summary>
    public TimeSpan ConnectionLifetime { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Connections at a time; what is above waits for one.</summary>
    public int MaxConnections { get; init; } = 64;
}
