using Microsoft.Extensions.Logging;

namespace Fabrik.Composition.Proxies;

/// <summary>What the composition of the S3 proxy logs.</summary>
internal static partial class S3ProxyLog
{
    [LoggerMessage(1101, LogLevel.Error, "no AWS credentials for buckets without keys of their own: {Reason}")]
    public static partial void NoCredentials(ILogger logger, string reason);
}
