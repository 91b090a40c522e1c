using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Fabrik.Upstreams.Http;

/// <summary>Makes what sends requests: a pool of connections that adds nothing and follows nothing by itself.</summary>
internal static class HttpLink
{
    /// <summary>How long a server is given to say that an announced body is welcome; then the body is sent.</summary>
    public static readonly TimeSpan AnnouncementTimeout = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The product in <c>User-Agent</c>.</summary>
    public static string UserAgent { get; } = $"fabrik/{typeof(HttpLink).Assembly.GetName().Version?.ToString(3)}";

    /// <summary>A pool; whoever makes it disposes of it.</summary>
    public static HttpMessageInvoker Open(HttpLinkOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = options.UseProxy,
            PreAuthenticate = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = options.ConnectTimeout,
            PooledConnectionLifetime = options.ConnectionLifetime,
            PooledConnectionIdleTimeout = IdleTimeout,
            MaxConnectionsPerServer = options.MaxConnections,
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = PingDelay,
            KeepAlivePingTimeout = PingTimeout,
            // Also without a request: those to a server that is gone are given up, and the next begin, more often than
            // a ping is due, and each would begin the wait for it anew.
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always,
            Expect100ContinueTimeout = AnnouncementTimeout,
        };
        if (options.Authorities is { } authorities)
        {
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = Only(authorities) };
        }

        return new HttpMessageInvoker(handler, disposeHandler: true);
    }

    /// <summary>A request in the newest version that the server knows.</summary>
    public static HttpRequestMessage Request(HttpMethod method, Uri uri)
    {
        var request = new HttpRequestMessage(method, uri)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        return request;
    }

    private static X509ChainPolicy Only(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }
}
