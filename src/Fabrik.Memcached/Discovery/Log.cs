using Microsoft.Extensions.Logging;

namespace Fabrik.Memcached.Discovery;

/// <summary>What the search for servers tells.</summary>
internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Pool}: found {Count} servers: {Servers}")]
    public static partial void Found(ILogger logger, string pool, int count, string servers);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Pool}: {Name} cannot be asked for servers, the {Count} known ones stay: {Reason}")]
    public static partial void Failed(ILogger logger, string pool, string name, int count, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Pool}: the servers that were found cannot be used")]
    public static partial void NotTaken(ILogger logger, string pool, Exception exception);
}
