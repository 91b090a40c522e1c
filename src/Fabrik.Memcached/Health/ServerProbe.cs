using System.Net.Sockets;
using System.Security.Authentication;
using Fabrik.Memcached.Backends;
using Fabrik.Memcached.Servers;
using Fabrik.Wire.Memcached;
using Microsoft.Extensions.Logging;

namespace Fabrik.Memcached.Health;

/// <summary>Asks a server for its version, over a connection of its own.</summary>
internal sealed class ServerProbe(TimeProvider time, ILogger log)
{
    /// <summary>Asks.</summary>
    /// <returns>How it failed; null if the server answered.</returns>
    public async Task<ServerFailure?> AskAsync(ServerHealth health, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(health.Pool.Health.ProbeTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var failure = await AskAsync(health, MemcachedProtocol.Text, either.Token);

            // A server with SASL speaks the binary protocol only, and ends a connection that begins otherwise. One that
            // has read the credentials and refused them does not know the binary protocol, and may not even answer.
            return failure is null or ServerFailure.Refused or ServerFailure.Unreachable
                || health.Pool.Connections.Credentials is null
                ? failure
                : await AskAsync(health, MemcachedProtocol.Binary, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ServerFailure.TimedOut;
        }
    }

    private async Task<ServerFailure?> AskAsync(
        ServerHealth health, MemcachedProtocol protocol, CancellationToken cancellationToken)
    {
        try
        {
            using var connection = await ShortConnection.OpenAsync(
                health.Server, health.Pool.Connections, protocol, cancellationToken);
            var line = new byte[CommandWriter.MaxHead];
            var length = protocol == MemcachedProtocol.Binary
                ? BinaryCommandWriter.Version(line, opaque: 0)
                : CommandWriter.Version(line);
            await connection.SendAsync(line.AsMemory(0, length), cancellationToken);
            var reply = await connection.ReadAsync(Verb.Version, cancellationToken);
            return reply.Kind == ReplyKind.Done ? null : ServerFailure.BadReply;
        }
        catch (AuthenticationException e)
        {
            if (health.Condition != ServerCondition.Dead)
            {
                // What is wrong with a certificate is told nowhere else.
                Log.ProbeRefused(log, health.Pool.Name, health.Server.ToString(), e.Message);
            }

            return ServerFailure.Refused;
        }
        catch (InvalidDataException)
        {
            return ServerFailure.BadReply;
        }
        catch (SocketException)
        {
            return ServerFailure.Unreachable;
        }
        catch (IOException)
        {
            return ServerFailure.Closed;
        }
    }
}
