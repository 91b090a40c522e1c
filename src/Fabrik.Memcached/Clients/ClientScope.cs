using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.Loop;
using Fabrik.Wire.Memcached;
using Microsoft.Extensions.Logging;

namespace Fabrik.Memcached.Clients;

/// <summary>What all clients of a loop have in common. A reload replaces its parts, on the loop's thread.</summary>
internal sealed class ClientScope
{
    /// <summary>Makes one without clients.</summary>
    public ClientScope(EventLoop loop, ILogger log)
    {
        Loop = loop;
        Log = log;
        Commands = new CommandExecutor(this);
        Idle = new IdleWatch(this);
    }

    /// <summary>The loop.</summary>
    public EventLoop Loop { get; }

    /// <summary>Where what happens to clients is told.</summary>
    public ILogger Log { get; }

    /// <summary>What decides where requests go.</summary>
    public required IRouter Router { get; set; }

    /// <summary>What clients may.</summary>
    public required ClientLimits Limits { get; set; }

    /// <summary>What a command may be at most.</summary>
    public required ReaderLimits ReaderLimits { get; set; }

    /// <summary>Who answers questions about the proxy itself.</summary>
    public required IAdminCommands Admin { get; init; }

    /// <summary>Where <c>flush_all</c> goes; null when it is refused.</summary>
    public Destination? FlushAll { get; set; }

    /// <summary>The only server there is, whom <c>stats</c> may ask; null where there are more.</summary>
    public Destination? OnlyServer { get; set; }

    /// <summary>What does their commands.</summary>
    public CommandExecutor Commands { get; }

    /// <summary>What lets those go that ask nothing.</summary>
    public IdleWatch Idle { get; }

    /// <summary>What clients did.</summary>
    public ClientCounters Counters { get; } = new();

    /// <summary>Slots that are used again.</summary>
    public ClientSlotPool Slots { get; } = new();

    /// <summary>Those that are connected, to be closed at the end.</summary>
    public HashSet<ClientConnection> Clients { get; } = [];
}
