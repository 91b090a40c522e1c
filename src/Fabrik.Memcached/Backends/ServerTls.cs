using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Fabrik.Memcached.Configuration;

namespace Fabrik.Memcached.Backends;

/// <summary>How connections to servers are encrypted: those of loops, and those for a question.</summary>
internal static class ServerTls
{
    /// <summary>What a server has to show.</summary>
    /// <exception cref="IOException">The file of authorities cannot be read.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">It holds no certificates.</exception>
    public static SslClientAuthenticationOptions Of(ServerOptions server, ConnectionOptions connections)
    {
        // Nothing is downloaded: that would stop the loop, and all who wait for it, for as long as it takes.
        var policy = new X509ChainPolicy
        {
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        if (connections.TlsAuthorityFile is { } file)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.ImportFromPemFile(file);
        }

        return new SslClientAuthenticationOptions
        {
            TargetHost = connections.TlsServerName ?? server.Host,
            CertificateChainPolicy = policy,
        };
    }
}
