using Microsoft.Extensions.Logging;

namespace Fabrik.Cache.Local;

/// <summary>What the store logs; ids 1000 to 1099, next free: 1009.</summary>
internal static partial class LocalStoreLog
{
    [LoggerMessage(1000, LogLevel.Information, "Store opened in {Directory}: {Entries} entries, {Bytes} bytes")]
    public static partial void Opened(ILogger logger, string directory, long entries, long bytes);

    [LoggerMessage(1001, LogLevel.Error, "Writes stopped ({State}): {Reason}")]
    public static partial void WritesStopped(ILogger logger, WriteState state, string reason);

    [LoggerMessage(1002, LogLevel.Information, "Writes work again")]
    public static partial void WritesResumed(ILogger logger);

    [LoggerMessage(1003, LogLevel.Error, "Blob {Digest} is damaged ({Reason}); it is dropped")]
    public static partial void Damaged(ILogger logger, string digest, string reason);

    [LoggerMessage(1004, LogLevel.Warning, "Entries of an earlier run could not be read; they are evicted last")]
    public static partial void LoadFailed(ILogger logger, Exception error);

    [LoggerMessage(1005, LogLevel.Information, "Removed {Count} files that no entry names")]
    public static partial void OrphansRemoved(ILogger logger, int count);

    [LoggerMessage(1006, LogLevel.Warning, "Upkeep of the store failed; it goes on")]
    public static partial void UpkeepFailed(ILogger logger, Exception error);

    [LoggerMessage(
        1008,
        LogLevel.Warning,
        "Entries are encrypted under another key than the one that is set; they are misses until they are stored anew")]
    public static partial void OtherKey(ILogger logger);

    [LoggerMessage(1007, LogLevel.Debug, "Store closed")]
    public static partial void Closed(ILogger logger);
}
