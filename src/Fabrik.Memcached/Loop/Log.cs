using Microsoft.Extensions.Logging;

namespace Fabrik.Memcached.Loop;

/// <summary>What a loop tells.</summary>
internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Error, Message = "What a loop of the memcached proxy had to do failed: a bug")]
    public static partial void WorkFailed(ILogger logger, Exception exception);
}
