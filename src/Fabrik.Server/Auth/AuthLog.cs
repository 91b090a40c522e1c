using Microsoft.Extensions.Logging;

namespace Fabrik.Server.Auth;

/// <summary>What authentication logs; never a token or a part of one.</summary>
internal static partial class AuthLog
{
    [LoggerMessage(3001, LogLevel.Debug, "Request refused: {Failure}.")]
    public static partial void Refused(ILogger logger, AuthFailure failure);

    [LoggerMessage(3002, LogLevel.Information, "{Count} keys verify tokens: {Keys}.")]
    public static partial void KeysChanged(ILogger logger, int count, string keys);

    [LoggerMessage(3003, LogLevel.Warning, "Keys were not refreshed, {Kept} keys from before stay: {Reason}.")]
    public static partial void RefreshFailed(ILogger logger, int kept, string reason);

    [LoggerMessage(3004, LogLevel.Information, "Keys are refreshed again: {Source}.")]
    public static partial void RefreshRecovered(ILogger logger, string source);

    [LoggerMessage(3005, LogLevel.Warning, "A key was left out: {Reason}.")]
    public static partial void KeySkipped(ILogger logger, string reason);

    [LoggerMessage(3006, LogLevel.Warning, "The key set is fetched without TLS and can be replaced on its way: {Url}.")]
    public static partial void InsecureUrl(ILogger logger, string url);

    [LoggerMessage(3007, LogLevel.Error, "The refresh of keys failed unexpectedly and goes on.")]
    public static partial void RefreshCrashed(ILogger logger, Exception exception);
}
