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
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = connections.TlsServerName ?? server.Host,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
        if (connections.TlsAuthorityFile is { } file)
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            };
            policy.CustomTrustStore.ImportFromPemFile(file);
            options.CertificateChainPolicy = policy;
        }

        return options;
    }
}
