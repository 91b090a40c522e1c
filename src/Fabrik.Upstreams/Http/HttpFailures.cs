using System.Net;
using Fabrik.Cache;

namespace Fabrik.Upstreams.Http;

/// <summary>What the statuses and exceptions of HTTP are for a tier. Messages name hosts, never whole URLs.</summary>
internal static class HttpFailures
{
    /// <summary>A status that no caller has a meaning of its own for.</summary>
    /// <param name="name">The server.</param>
    /// <param name="action">What was asked of it: a method, perhaps with the object.</param>
    /// <param name="status">What it answered.</param>
    public static CacheError Status(string name, string action, HttpStatusCode status)
    {
        var kind = (int)status switch
        {
            401 or 403 or 407 => CacheErrorKind.Denied,
            405 or 501 => CacheErrorKind.ReadOnly,
            408 => CacheErrorKind.Timeout,
            413 => CacheErrorKind.TooLarge,
            423 or 425 or 429 or 503 => CacheErrorKind.Overloaded,
            507 => CacheErrorKind.StorageFull,
            >= 500 => CacheErrorKind.Unavailable,
            >= 400 => CacheErrorKind.InvalidRequest,
            _ => CacheErrorKind.Io,
        };
        return Upstream(kind, $"{name} answered {action} with {(int)status}{Hint((int)status)}");
    }

    /// <summary>An exception that a request ended with and that is neither a bug nor its caller's wish.</summary>
    public static CacheError Thrown(string name, string action, Exception thrown)
    {
        var (kind, reason) = thrown switch
        {
            OperationCanceledException => (CacheErrorKind.Timeout, "connecting took too long"),
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } =>
                (CacheErrorKind.Unavailable, "its name cannot be resolved"),
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } =>
                (CacheErrorKind.Unavailable, "it cannot be reached"),
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
                (CacheErrorKind.Unavailable, "TLS could not be agreed on: is its certificate of a trusted authority?"),
            HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError } =>
                (CacheErrorKind.Unavailable, "the proxy lets nothing through to it"),
            HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse } =>
                (CacheErrorKind.Unavailable, "its answer is not HTTP"),
            _ => (CacheErrorKind.Unavailable, "the connection broke"),
        };
        return new CacheError(kind, CacheErrorSource.Upstream, $"{action} at {name} failed: {reason}", thrown);
    }

    /// <summary>Whether an exception belongs to a request rather than to a bug.</summary>
    public static bool IsOfARequest(Exception thrown, CancellationToken cancellationToken) =>
        thrown is HttpRequestException or IOException
        || (thrown is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    /// <summary>An error of the server's.</summary>
    public static CacheError Upstream(CacheErrorKind kind, string message) =>
        new(kind, CacheErrorSource.Upstream, message);

    private static string Hint(int status) => status switch
    {
        401 => ": the credentials are missing, wrong or expired",
        403 => ": the credentials do not allow it",
        405 or 501 => ": it does not do that",
        >= 300 and < 400 => ": it redirects to nowhere",
        _ => "",
    };
}
