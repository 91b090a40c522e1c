using Microsoft.Extensions.Logging;

namespace Fabrik.Memcached.Backends;

/// <summary>What backends that are no servers tell.</summary>
internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Error, Message = "{Backend}: a command failed: a bug")]
    public static partial void BackendFailed(ILogger logger, string backend, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Backend}: {Kind}: {Message}")]
    public static partial void TierFailed(ILogger logger, string backend, string kind, string message);
}
