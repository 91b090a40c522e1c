using Microsoft.Extensions.Logging;

namespace Fabrik.Memcached.Proxy;

/// <summary>What the proxy tells.</summary>
internal static partial class Log
{
    [LoggerMessage(7001, LogLevel.Debug, "A loop has {Routes} routes and {Servers} servers now")]
    public static partial void Applied(ILogger logger, int routes, int servers);

    [LoggerMessage(7002, LogLevel.Information, "The memcached proxy listens at {EndPoint}")]
    public static partial void Listening(ILogger logger, System.Net.EndPoint endPoint);

    [LoggerMessage(7003, LogLevel.Error, "A part of the memcached proxy could not be ended: a bug")]
    public static partial void EndFailed(ILogger logger, Exception exception);

    [LoggerMessage(
        7004, LogLevel.Warning, "Backends still had commands to do {Seconds} s after the proxy ended")]
    public static partial void BackendsBusy(ILogger logger, double seconds);

    [LoggerMessage(
        7005, LogLevel.Warning,
        "Route {Route}: its regular expression took more than {Milliseconds} ms for a key, which went on to "
            + "the next route; {Count} keys of all routes since this was told last")]
    public static partial void RegexTimedOut(ILogger logger, string route, double milliseconds, long count);
}
