using Fabrik.Cache.Resilience.Breaking;
using Microsoft.Extensions.Logging;

namespace Fabrik.Proxies.Origins;

/// <summary>What the operator is told of origins; clients are not.</summary>
internal sealed partial class OriginLog(ILogger logger)
{
    /// <summary>An origin failed a request.</summary>
    public void Failed(string origin, OriginFault fault)
    {
        if (fault.Kind == OriginFaultKind.BadCredentials)
        {
            LogRefused(origin, fault.Message);
        }
        else
        {
            LogFailed(origin, fault.Kind, fault.Message);
        }
    }

    /// <summary>A replica is left alone, or asked again.</summary>
    public void BreakerChanged(string origin, string replica, BreakerChange change) =>
        LogBreaker(origin, replica, change.From, change.To, change.Reason?.Message ?? "");

    [LoggerMessage(6001, LogLevel.Warning, "Origin {Origin} failed ({Kind}): {Message}")]
    private partial void LogFailed(string origin, OriginFaultKind kind, string message);

    [LoggerMessage(6002, LogLevel.Error, "Origin {Origin} does not take the credentials or region: {Message}")]
    private partial void LogRefused(string origin, string message);

    [LoggerMessage(6003, LogLevel.Warning, "Origin {Origin}, replica {Replica}: breaker {From} -> {To} ({Message})")]
    private partial void LogBreaker(
        string origin, string replica, BreakerState from, BreakerState to, string message);
}
