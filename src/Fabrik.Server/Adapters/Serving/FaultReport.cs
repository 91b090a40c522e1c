using Fabrik.Cache;
using Microsoft.Extensions.Logging;

namespace Fabrik.Server.Adapters.Serving;

/// <summary>Counts and logs what went wrong, since most tools are told as little as keeps them going.</summary>
internal sealed partial class FaultReport(ServerMetrics metrics, ILogger logger, string tool)
{
    /// <summary>The label of a kind in metrics.</summary>
    public static string NameOf(CacheErrorKind kind) => CacheErrorKindNames.Of(kind);

    /// <summary>A tier failed, or found the request at fault.</summary>
    public void Report(CacheError error)
    {
        var kind = NameOf(error.Kind);
        metrics.Failed(tool, kind);
        if (error.Source == CacheErrorSource.Client)
        {
            LogClientFault(tool, kind, error.Message);
        }
        else
        {
            LogFault(tool, kind, error.Message, error.Cause);
        }
    }

    /// <summary>A request was refused before it reached a tier.</summary>
    public void Refused(string kind)
    {
        metrics.Failed(tool, kind);
        LogRefused(tool, kind);
    }

    /// <summary>A bug: an exception that nobody expected.</summary>
    public void Crashed(Exception exception)
    {
        metrics.Failed(tool, "crash");
        LogCrash(tool, exception);
    }

    [LoggerMessage(2001, LogLevel.Warning, "{Tool}: the cache failed ({Kind}): {Message}")]
    private partial void LogFault(string tool, string kind, string message, Exception? cause);

    [LoggerMessage(2002, LogLevel.Debug, "{Tool}: a request failed ({Kind}): {Message}")]
    private partial void LogClientFault(string tool, string kind, string message);

    [LoggerMessage(2003, LogLevel.Debug, "{Tool}: a request was refused ({Kind})")]
    private partial void LogRefused(string tool, string kind);

    [LoggerMessage(2004, LogLevel.Error, "{Tool}: a request ended with an unexpected exception")]
    private partial void LogCrash(string tool, Exception exception);
}
