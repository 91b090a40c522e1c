using Microsoft.Extensions.Logging;

namespace Fabrik.Composition;

/// <summary>What a process that serves says of itself.</summary>
internal static partial class ServingLog
{
    [LoggerMessage(1001, LogLevel.Information, "listening on {Url} ({Listener})")]
    public static partial void Listening(ILogger logger, string url, string listener);

    [LoggerMessage(1002, LogLevel.Information, "draining: {InFlight} requests have {Patience} to end")]
    public static partial void Draining(ILogger logger, int inFlight, TimeSpan patience);

    [LoggerMessage(1003, LogLevel.Warning, "requests were cut off that did not end within {Patience}")]
    public static partial void DrainEnded(ILogger logger, TimeSpan patience);

    [LoggerMessage(1004, LogLevel.Information, "configuration loaded again: {Keys} changed")]
    public static partial void ConfigurationTaken(ILogger logger, string keys);

    [LoggerMessage(1005, LogLevel.Error, "new configuration refused, the old one goes on to hold: {Problem}")]
    public static partial void ConfigurationRefused(ILogger logger, string problem);

    [LoggerMessage(1011, LogLevel.Error, "configuration loaded again, but for this part of it: {Problem}")]
    public static partial void ConfigurationTakenInPart(ILogger logger, string problem);

    [LoggerMessage(1006, LogLevel.Warning, "{Key} changed and takes effect after a restart")]
    public static partial void NeedsRestart(ILogger logger, string key);

    [LoggerMessage(1007, LogLevel.Information, "nobody has asked for anything for {Idle}: ending")]
    public static partial void Idle(ILogger logger, TimeSpan idle);

    [LoggerMessage(1009, LogLevel.Information, "upstream {Name}: {Description}")]
    public static partial void Upstream(ILogger logger, string name, string description);

    [LoggerMessage(1010, LogLevel.Information, "this runs in {Found}")]
    public static partial void CiDetected(ILogger logger, string found);

    [LoggerMessage(1008, LogLevel.Information, "stopped")]
    public static partial void Stopped(ILogger logger);
}
