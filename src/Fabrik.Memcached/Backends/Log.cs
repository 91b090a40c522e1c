using Microsoft.Extensions.Logging;

namespace Fabrik.Memcached.Backends;

/// <summary>What backends that are no servers tell.</summary>
internal static partial class Log
{
    [LoggerMessage(7501, LogLevel.Error, "{Backend}: a command failed: a bug")]
    public static partial void BackendFailed(ILogger logger, string backend, Exception exception);

    [LoggerMessage(7502, LogLevel.Warning, "{Backend}: {Kind}: {Message}")]
    public static partial void TierFailed(ILogger logger, string backend, string kind, string message);
}
