using Microsoft.Extensions.Logging;

namespace Fabrik.Memcached.Proxy;

/// <summary>What the proxy tells.</summary>
internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "A loop has {Routes} routes and {Servers} servers now")]
    public static partial void Applied(ILogger logger, int routes, int servers);

    [LoggerMessage(Level = LogLevel.Information, Message = "The memcached proxy listens at {EndPoint}")]
    public static partial void Listening(ILogger logger, System.Net.EndPoint endPoint);

    [LoggerMessage(Level = LogLevel.Error, Message = "A part of the memcached proxy could not be ended: a bug")]
    public static partial void EndFailed(ILogger logger, Exception exception);

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "Backends still had commands to do {Seconds} s after the proxy ended")]
    public static partial void BackendsBusy(ILogger logger, double seconds);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Route {Route}: its regular expression took more than {Milliseconds} ms for a key, which went on to "
            + "the next route; {Count} keys of all routes since this was told last")]
    public static partial void RegexTimedOut(ILogger logger, string route, double milliseconds, long count);
}
