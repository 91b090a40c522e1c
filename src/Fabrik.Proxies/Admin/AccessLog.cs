using Microsoft.Extensions.Logging;

namespace Fabrik.Proxies.Admin;

/// <summary>A line for every request, through the log of the process, which never makes a request wait.</summary>
internal sealed class AccessLog(ILogger logger, TimeProvider time)
{
    private static readonly EventId Event = new(6201, "Access");

    /// <summary>When a request began.</summary>
    public long Start() => time.GetTimestamp();

    /// <summary>Writes a line.</summary>
    public void Write(AccessRecord record, long started)
    {
        if (logger.IsEnabled(LogLevel.Information))
        {
            record.Duration = time.GetElapsedTime(started);
            logger.Log(LogLevel.Information, Event, record, exception: null, static (of, _) => of.ToString());
        }
    }
}
