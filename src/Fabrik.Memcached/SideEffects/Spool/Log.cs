using Microsoft.Extensions.Logging;

namespace Fabrik.Memcached.SideEffects.Spool;

/// <summary>What a spool tells.</summary>
internal static partial class Log
{
    [LoggerMessage(
        7601, LogLevel.Error,
        "Deletes that failed cannot be kept in {Folder} or taken from it, {Faults} times since the start; "
            + "it is tried again every {Seconds} s at least")]
    public static partial void Failed(ILogger logger, string folder, long faults, double seconds, Exception exception);

    [LoggerMessage(7602, LogLevel.Information, "Deletes that failed are kept in {Folder} again")]
    public static partial void Recovered(ILogger logger, string folder);

    [LoggerMessage(7603, LogLevel.Error, "{Folder}: {Keys} deletes are lost, as they could not be written")]
    public static partial void Lost(ILogger logger, string folder, long keys);
}
