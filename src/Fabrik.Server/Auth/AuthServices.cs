using Microsoft.Extensions.Logging;

namespace Fabrik.Server.Auth;

/// <summary>What authentication takes from its surroundings.</summary>
/// <param name="Time">The clock that tokens are judged by.</param>
/// <param name="Logs">Where refreshes of keys and refusals are told.</param>
public sealed record AuthServices(TimeProvider Time, ILoggerFactory Logs)
{
    /// <summary>
    /// What key sets are fetched with; disposed after use. It must not follow redirects, which are checked one by
    /// one, and needs no time-out.
    /// </summary>
    public Func<HttpMessageInvoker> Http { get; init; } = () => new HttpMessageInvoker(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(10),
    });
}
