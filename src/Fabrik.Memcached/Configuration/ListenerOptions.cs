using System.Net;
using System.Net.Security;

namespace Fabrik.Memcached.Configuration;

/// <summary>An address that clients connect to.</summary>
public sealed record ListenerOptions
{
    /// <summary>Its name in the configuration.</summary>
    public required string Name { get; init; }

    /// <summary>An <see cref="IPEndPoint"/>, or a <see cref="System.Net.Sockets.UnixDomainSocketEndPoint"/>.</summary>
    public required EndPoint EndPoint { get; init; }

    /// <summary>
    /// Gives the certificate to show to a new client, with those that it is signed by; null without TLS.
    /// </summary>
    public Func<SslStreamCertificateContext>? Certificate { get; init; }

    /// <summary>
    /// User and password that clients must show, by SASL PLAIN or by a first <c>set</c>; null for none.
    /// </summary>
    public MemcachedCredentials? Credentials { get; init; }
}
