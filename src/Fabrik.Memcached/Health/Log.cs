using Fabrik.Memcached.Servers;
using Microsoft.Extensions.Logging;

namespace Fabrik.Memcached.Health;

/// <summary>What the watch over servers tells.</summary>
internal static partial class Log
{
    [LoggerMessage(
        7301, LogLevel.Warning,
        "{Pool}: server {Server} is taken for dead ({Reason}); it is probed again in {Seconds} s")]
    public static partial void Died(ILogger logger, string pool, string server, ServerFailure? reason, double seconds);

    [LoggerMessage(
        7302, LogLevel.Information, "{Pool}: server {Server} is back, and {Share}")]
    public static partial void Returned(ILogger logger, string pool, string server, string share);

    [LoggerMessage(7303, LogLevel.Information, "{Pool}: server {Server} has all its keys again")]
    public static partial void Recovered(ILogger logger, string pool, string server);

    [LoggerMessage(7304, LogLevel.Warning, "{Pool}: {Server} cannot be spoken to: {Reason}")]
    public static partial void ProbeRefused(ILogger logger, string pool, string server, string reason);

    [LoggerMessage(7305, LogLevel.Error, "{Pool}: the probe of {Server} failed: a bug")]
    public static partial void ProbeFailed(ILogger logger, string pool, string server, Exception exception);
}
