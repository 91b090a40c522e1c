using Microsoft.Extensions.Logging;

namespace Fabrik.Memcached.Loop;

/// <summary>What a loop tells.</summary>
internal static partial class Log
{
    [LoggerMessage(7051, LogLevel.Error, "What a loop of the memcached proxy had to do failed: a bug")]
    public static partial void WorkFailed(ILogger logger, Exception exception);

    [LoggerMessage(7052, LogLevel.Error, "The loop {Name} has not ended after {Seconds} s: a bug")]
    public static partial void Stuck(ILogger logger, string name, double seconds);
}
