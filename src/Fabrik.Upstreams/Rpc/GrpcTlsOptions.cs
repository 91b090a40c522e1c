using System.Security.Cryptography.X509Certificates;

namespace Fabrik.Upstreams.Rpc;

/// <summary>How the two sides of a TLS connection know each other.</summary>
public sealed record GrpcTlsOptions
{
    /// <summary>Who may have signed the server's certificate; the system's authorities where none is given.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>The certificate, with its key, for a server that asks for one. Its owner disposes of it.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>
    /// The name that the server's certificate must have, and that calls are addressed to; the address's own where none
    /// is given.
    /// </summary>
    public string? ServerName { get; init; }
}
