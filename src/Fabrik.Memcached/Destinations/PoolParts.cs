using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Loop;

namespace Fabrik.Memcached.Destinations;

/// <summary>What a pool is made of.</summary>
internal sealed record PoolParts
{
    /// <summary>Its name, for errors.</summary>
    public string Name { get; init; } = "";

    /// <summary>What names its servers, for people; null where they are configured.</summary>
    public string? FoundBy { get; init; }

    /// <summary>Its loop.</summary>
    public required ILoop Loop { get; init; }

    /// <summary>How a key chooses its server.</summary>
    public required HashingOptions Hashing { get; init; }

    /// <summary>Where it counts.</summary>
    public PoolCounters Counters { get; init; } = new();

    /// <summary>What becomes of the keys of a dead server.</summary>
    public DeadServerPolicy WhenDead { get; init; } = DeadServerPolicy.KeepInRing;

    /// <summary>Makes a server.</summary>
    public required Func<ServerOptions, PoolServer> Connect { get; init; }

    /// <summary>Lets go of a server that is no longer of the pool; what was sent to it is still answered.</summary>
    public required Action<PoolServer> Retire { get; init; }

    /// <summary>
    /// Takes the keys of a dead server with <see cref="DeadServerPolicy.Gutter"/>; it sees to it that they live briefly
    /// there.
    /// </summary>
    public Destination? Gutter { get; init; }
}
