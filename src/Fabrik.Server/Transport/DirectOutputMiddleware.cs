using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Fabrik.Server.Transport;

/// <summary>Installs <see cref="DirectOutput"/> on the connections of a listener.</summary>
public static class DirectOutputMiddleware
{
    /// <summary>Whether this system has what it takes: 64-bit Linux.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <summary>
    /// Lets responses of this listener leave without being copied, where the system can do that. Only
    /// for listeners without TLS: an encrypted body must pass through memory.
    /// </summary>
    /// <remarks>
    /// Kestrel's own <c>MinResponseDataRate</c> has to be off. It does not know of announced bodies, and cuts off
    /// whoever takes longer than the grace period for one flush.
    /// </remarks>
    /// <param name="listener">The listener.</param>
    /// <param name="time">The clock.</param>
    /// <param name="slowest">The rate below which a client that takes an answer is cut off; none without.</param>
    public static IConnectionBuilder UseDirectOutput(
        this IConnectionBuilder listener, TimeProvider time, MinDataRate? slowest)
    {
        ArgumentNullException.ThrowIfNull(listener);
        ArgumentNullException.ThrowIfNull(time);
        return IsSupported
            ? listener.Use(next => connection =>
            {
                Install(connection, slowest is null ? null : new TakingPace(slowest, time));
                return next(connection);
            })
            : listener;
    }

    private static void Install(ConnectionContext connection, TakingPace? pace)
    {
        var socket = connection.Features.Get<IConnectionSocketFeature>()?.Socket;
        if (socket is not null)
        {
            LinuxSocket.SetNonBlocking(socket.SafeHandle);
            var transport = connection.Transport;
            var output = new DirectOutput(socket, transport.Output, pace);
            connection.Transport = new DirectTransport(transport.Input, output);
            connection.Features.Set<IDirectBody>(output);
            if (pace is not null)
            {
                connection.Features.Get<IConnectionHeartbeatFeature>()?.OnHeartbeat(
                    static state => ((Watched)state).CutOffIfSlow(), new Watched(connection, output));
            }
        }
    }

    private sealed record Watched(ConnectionContext Connection, DirectOutput Output)
    {
        public void CutOffIfSlow()
        {
            if (Output.IsTooSlow())
            {
                Connection.Abort(new ConnectionAbortedException("the client took the answer too slowly"));
            }
        }
    }

    private sealed record DirectTransport(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
