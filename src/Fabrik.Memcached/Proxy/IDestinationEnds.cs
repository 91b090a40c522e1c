using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Destinations;

namespace Fabrik.Memcached.Proxy;

/// <summary>Makes what the destinations of a configuration end at: what a loop sends to, or names to tell of.</summary>
internal interface IDestinationEnds
{
    /// <summary>A server of a pool.</summary>
    /// <exception cref="IOException">A file of authorities cannot be read.</exception>
    PoolServer Server(PoolOptions pool, ServerOptions server);

    /// <summary>A server that is no longer of its pool.</summary>
    void Retire(PoolServer server);

    /// <summary>A backend that is no memcached.</summary>
    /// <param name="name">Its name in the configuration.</param>
    /// <param name="description">What it is, for people.</param>
    Destination Backend(string name, string description);
}
