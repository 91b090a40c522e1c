using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Fabrik.Upstreams.Rpc;

/// <summary>Makes what connects and speaks HTTP/2.</summary>
internal static class ChannelHandler
{
    /// <summary>Makes a handler for one address.</summary>
    public static SocketsHttpHandler Make(GrpcChannelOptions options, Uri address)
    {
        var isSecure = address.Scheme == Uri.UriSchemeHttps;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            // The runtime would put a span of its own between the caller's and the server's, which nobody exports.
            ActivityHeadersPropagator = null,
            // A proxy passes TLS through (CONNECT), but takes HTTP/2 without it for nonsense.
            UseProxy = isSecure,
            ConnectTimeout = options.ConnectTimeout,
            EnableMultipleHttp2Connections = options.MaxConnections > 1,
            MaxConnectionsPerServer = options.MaxConnections,
            InitialHttp2StreamWindowSize = options.InitialStreamWindowSize,
            KeepAlivePingDelay = options.KeepAlivePingDelay,
            KeepAlivePingTimeout = options.KeepAlivePingTimeout,
            // Also without a call: calls to a server that is gone are given up, and the next ones begin, more often
            // than a ping is due. The handler would start to wait anew with each, and keep a dead connection.
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always,
            MaxResponseHeadersLength = options.MaxResponseHeadersKilobytes,
            PooledConnectionLifetime = options.PooledConnectionLifetime,
            PooledConnectionIdleTimeout = options.PooledConnectionIdleTimeout,
        };
        if (isSecure)
        {
            handler.SslOptions = MakeTls(options.Tls);
        }

        return handler;
    }

    private static SslClientAuthenticationOptions MakeTls(GrpcTlsOptions tls)
    {
        var options = new SslClientAuthenticationOptions();
        if (tls.Authorities is { Count: > 0 } authorities)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        if (tls.ClientCertificate is { } certificate)
        {
            options.ClientCertificates = [certificate];
        }

        return options;
    }
}
