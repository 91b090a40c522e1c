using Microsoft.Extensions.Logging;

namespace Fabrik.Cache.Layers.Writing;

/// <summary>What the upload queue logs; ids 1200 to 1299, next free: 1211.</summary>
internal static partial class UploadLog
{
    [LoggerMessage(1200, LogLevel.Information, "Upload queue opened in {Folder}: {Orders} orders wait")]
    public static partial void Opened(ILogger logger, string folder, long orders);

    [LoggerMessage(
        1201,
        LogLevel.Error,
        "The upload queue in {Folder} cannot be used ({Reason}): it is set aside as {Aside}, and a new one takes over. "
            + "What waited there is not uploaded")]
    public static partial void SetAside(ILogger logger, string folder, string reason, string aside);

    [LoggerMessage(
        1202,
        LogLevel.Error,
        "The upload queue in {Folder} does not open or takes no writes ({Reason}): it is tried again every 5 seconds, "
            + "and what it cannot hold is not uploaded")]
    public static partial void Failed(ILogger logger, string folder, string reason);

    [LoggerMessage(1203, LogLevel.Information, "The upload queue works again")]
    public static partial void Recovered(ILogger logger);

    [LoggerMessage(
        1204, LogLevel.Warning, "Upstream {Upstream}: {Count} uploads dropped in the last minute or more: {Reason}")]
    public static partial void Dropped(ILogger logger, string upstream, long count, string reason);

    [LoggerMessage(1205, LogLevel.Error, "Upstream {Upstream}: {Id} is not uploaded: {Reason}")]
    public static partial void Damaged(ILogger logger, string upstream, string id, string reason);

    [LoggerMessage(1206, LogLevel.Warning, "Upstream {Upstream}: uploads pause for {Pause}: {Reason}")]
    public static partial void Paused(ILogger logger, string upstream, TimeSpan pause, string reason);

    [LoggerMessage(1207, LogLevel.Information, "Upstream {Upstream}: uploads go on")]
    public static partial void Resumed(ILogger logger, string upstream);

    [LoggerMessage(
        1208,
        LogLevel.Warning,
        "Upstream {Upstream} is not configured any more: its {Orders} uploads are kept until {Until}, then dropped")]
    public static partial void Orphaned(ILogger logger, string upstream, long orders, DateTimeOffset until);

    [LoggerMessage(1209, LogLevel.Warning, "Upstream {Upstream} was not configured for too long: its {Orders} uploads "
        + "are dropped")]
    public static partial void OrphansDropped(ILogger logger, string upstream, long orders);

    [LoggerMessage(1210, LogLevel.Error, "Upstream {Upstream}: an upload failed unexpectedly; it is tried again")]
    public static partial void Unexpected(ILogger logger, string upstream, Exception error);
}
