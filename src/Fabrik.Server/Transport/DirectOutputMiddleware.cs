using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Fabrik.Server.Transport;

/// <summary>Installs <see cref="DirectOutput"/> on the connections of a listener.</summary>
public static class DirectOutputMiddleware
{
    /// <summary>
    /// Lets responses of this listener leave without being copied, where the system can do that (64-bit Linux). Only
    /// for listeners without TLS: an encrypted body must pass through memory.
    /// </summary>
    public static IConnectionBuilder UseDirectOutput(this IConnectionBuilder listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        return OperatingSystem.IsLinux() && Environment.Is64BitProcess ? listener.Use(Install) : listener;
    }

    private static Task Install(ConnectionContext connection, ConnectionDelegate next)
    {
        var socket = connection.Features.Get<IConnectionSocketFeature>()?.Socket;
        if (socket is not null)
        {
            LinuxSocket.SetNonBlocking(socket.SafeHandle);
            var transport = connection.Transport;
            var output = new DirectOutput(socket, transport.Output);
            connection.Transport = new DirectTransport(transport.Input, output);
            connection.Features.Set<IDirectBody>(output);
        }

        return next(connection);
    }

    private sealed record DirectTransport(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
