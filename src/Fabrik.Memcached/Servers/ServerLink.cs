using System.Net;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Loop;
using Fabrik.Wire.Memcached;
using Microsoft.Extensions.Logging;

namespace Fabrik.Memcached.Servers;

/// <summary>What all connections of a loop to one server have in common.</summary>
internal sealed class ServerLink
{
    /// <summary>The loop.</summary>
    public required EventLoop Loop { get; init; }

    /// <summary>The server's name in logs and errors.</summary>
    public required string Name { get; init; }

    /// <summary>The name of the backend that it belongs to, in figures.</summary>
    public required string Backend { get; init; }

    /// <summary>Its name within the backend, in figures.</summary>
    public required string Server { get; init; }

    /// <summary>How it is spoken to.</summary>
    public required ConnectionOptions Options { get; init; }

    /// <summary>Who watches how it does.</summary>
    public required IServerObserver Observer { get; init; }

    /// <summary>Makes the channel over a socket that is connected or about to be.</summary>
    public required Func<System.Net.Sockets.Socket, IChannel> OpenChannel { get; init; }

    /// <summary>What answers may be at most.</summary>
    public required ReaderLimits Limits { get; init; }

    /// <summary>Where what happens to connections is told.</summary>
    public required ILogger Log { get; init; }

    /// <summary>Says where to connect; null as long as that is not known. Asked for each connection.</summary>
    public required Func<EndPoint?> EndPoint { get; init; }

    /// <summary>What was seen of a server of this name, now and before.</summary>
    public ServerCounters Counters { get; init; } = new();

    /// <summary>What is answered for failures.</summary>
    public FailureReplies Failures => field ??= new FailureReplies(Name);
}
