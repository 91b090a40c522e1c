using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Fabrik.Memcached.Servers;

/// <summary>What connections to servers tell.</summary>
internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Error, Message = "The connection to {Server} failed: a bug")]
    public static partial void ConnectionFailed(ILogger logger, string server, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Server} sent what is no answer to what it was asked: closed")]
    public static partial void WrongReply(ILogger logger, string server);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Server} cannot be reached: {Error}")]
    public static partial void ConnectFailed(ILogger logger, string server, SocketError error);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Server} does not take the credentials")]
    public static partial void CredentialsRefused(ILogger logger, string server);
}
