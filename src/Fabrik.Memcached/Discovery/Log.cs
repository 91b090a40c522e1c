using Microsoft.Extensions.Logging;

namespace Fabrik.Memcached.Discovery;

/// <summary>What the search for servers tells.</summary>
internal static partial class Log
{
    [LoggerMessage(7401, LogLevel.Information, "{Pool}: found {Count} servers: {Servers}")]
    public static partial void Found(ILogger logger, string pool, int count, string servers);

    [LoggerMessage(
        7402, LogLevel.Warning,
        "{Pool}: {Name} cannot be asked for servers, the {Count} known ones stay: {Reason}")]
    public static partial void Failed(ILogger logger, string pool, string name, int count, string reason);

    [LoggerMessage(7403, LogLevel.Error, "{Pool}: the servers that were found cannot be used")]
    public static partial void NotTaken(ILogger logger, string pool, Exception exception);
}
