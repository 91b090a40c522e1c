using Microsoft.Extensions.Logging;

namespace Fabrik.Cache.Resilience.Telemetry;

/// <summary>What guards log; ids 1300 to 1399, next free: 1306.</summary>
internal static partial class ResilienceLog
{
    [LoggerMessage(1300, LogLevel.Warning, "Upstream {Upstream} fails and is left alone for {Pause}: {Reason}")]
    public static partial void Opened(ILogger logger, string upstream, TimeSpan pause, string reason);

    [LoggerMessage(1301, LogLevel.Information, "Upstream {Upstream} works again; it was left alone after: {Reason}")]
    public static partial void Closed(ILogger logger, string upstream, string? reason);

    [LoggerMessage(1302, LogLevel.Debug, "Upstream {Upstream} still fails and is left alone for {Pause}: {Reason}")]
    public static partial void StaysOpen(ILogger logger, string upstream, TimeSpan pause, string reason);

    [LoggerMessage(1303, LogLevel.Error, "Upstream {Upstream} ended a {Operation} in an unexpected way")]
    public static partial void Crashed(ILogger logger, string upstream, string operation, Exception? exception);

    [LoggerMessage(1304, LogLevel.Warning, "Upstream {Upstream} delivered a bad body ({Count} so far): {Reason}")]
    public static partial void Corrupt(ILogger logger, string upstream, long count, string reason);

    [LoggerMessage(
        1305, LogLevel.Error, "Upstream {Upstream} does not end what was cancelled: {Count} operations go on")]
    public static partial void LeftBehind(ILogger logger, string upstream, int count);
}
