using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Fabrik.Memcached.Servers;

/// <summary>What connections to servers tell.</summary>
internal static partial class Log
{
    [LoggerMessage(7201, LogLevel.Error, "The connection to {Server} failed: a bug")]
    public static partial void ConnectionFailed(ILogger logger, string server, Exception exception);

    [LoggerMessage(7202, LogLevel.Warning, "{Server} sent what is no answer to what it was asked: closed")]
    public static partial void WrongReply(ILogger logger, string server);

    [LoggerMessage(7203, LogLevel.Warning, "{Server} cannot be reached: {Error}")]
    public static partial void ConnectFailed(ILogger logger, string server, SocketError error);

    [LoggerMessage(7204, LogLevel.Error, "{Server} does not take the credentials")]
    public static partial void CredentialsRefused(ILogger logger, string server);
}
