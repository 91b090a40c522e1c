using Microsoft.Extensions.Logging;

namespace Fabrik.Memcached.Clients;

/// <summary>What happens to clients.</summary>
internal static partial class Log
{
    [LoggerMessage(7101, LogLevel.Error, "A client was closed, as serving it failed: a bug")]
    public static partial void ClientFailed(ILogger logger, Exception exception);

    [LoggerMessage(7102, LogLevel.Error, "A request failed in its strategy: a bug")]
    public static partial void RequestFailed(ILogger logger, Exception exception);

    [LoggerMessage(7103, LogLevel.Warning, "No client can be accepted at {Listener}: {Reason}")]
    public static partial void AcceptFailed(ILogger logger, string listener, string reason);

    [LoggerMessage(7104, LogLevel.Warning, "There are {Limit} clients: further ones are turned away")]
    public static partial void TooManyClients(ILogger logger, int limit);

    [LoggerMessage(
        7105, LogLevel.Information,
        "Route {Route}: {Command} of the key with hash {KeyHash} to {Way}: {Result} after {Microseconds} us")]
    public static partial void Decided(
        ILogger logger, string route, string command, string keyHash, string way, string result, long microseconds);

    [LoggerMessage(7106, LogLevel.Debug, "Route {Route}: {KeyHash} is the hash of the key {Key}")]
    public static partial void DecidedKey(ILogger logger, string route, string keyHash, string key);
}
