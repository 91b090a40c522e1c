using Microsoft.Extensions.Logging;

namespace Fabrik.Memcached.Clients;

/// <summary>What happens to clients.</summary>
internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Error, Message = "A client was closed, as serving it failed: a bug")]
    public static partial void ClientFailed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "A request failed in its strategy: a bug")]
    public static partial void RequestFailed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No client can be accepted at {Listener}: {Reason}")]
    public static partial void AcceptFailed(ILogger logger, string listener, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "There are {Limit} clients: further ones are turned away")]
    public static partial void TooManyClients(ILogger logger, int limit);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Route {Route}: {Command} of the key with hash {KeyHash} to {Way}: {Result} after {Microseconds} us")]
    public static partial void Decided(
        ILogger logger, string route, string command, string keyHash, string way, string result, long microseconds);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Route {Route}: {KeyHash} is the hash of the key {Key}")]
    public static partial void DecidedKey(ILogger logger, string route, string keyHash, string key);
}
