using Microsoft.Extensions.Logging;

namespace Fabrik.Cache.Layers;

/// <summary>What reading through layers logs; ids 1100 to 1149, next free: 1106.</summary>
internal static partial class LayerLog
{
    [LoggerMessage(
        1100,
        LogLevel.Error,
        "Upstream {Upstream} delivered {Id} with wrong bytes ({Reason}); it is not asked for it for {Pause}")]
    public static partial void WrongBytes(
        ILogger logger, string upstream, string id, string reason, TimeSpan pause);

    [LoggerMessage(1101, LogLevel.Information, "Transfer of {Id} broke at byte {Offset} ({Reason}); it is resumed")]
    public static partial void Resumed(ILogger logger, string id, long offset, string reason);

    [LoggerMessage(1102, LogLevel.Warning, "Transfer of {Id} broke at byte {Offset} of {Size}; no upstream goes on")]
    public static partial void Broken(ILogger logger, string id, long offset, long size);

    [LoggerMessage(1103, LogLevel.Debug, "{Id} is served without being stored: {Reason}")]
    public static partial void Unstored(ILogger logger, string id, string reason);

    [LoggerMessage(1104, LogLevel.Error, "Fetching {Id} failed in an unexpected way; it is a miss")]
    public static partial void FetchFailed(ILogger logger, string id, Exception error);

    [LoggerMessage(1105, LogLevel.Error, "Upstream {Upstream} threw instead of answering; it counts as a failure")]
    public static partial void UpstreamThrew(ILogger logger, string upstream, Exception error);
}
