using Fabrik.Memcached.Backends;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.Servers;

namespace Fabrik.Memcached.Proxy;

/// <summary>
/// What one loop may send to under one configuration. Servers that the one before had too keep their connections.
/// </summary>
internal sealed class LoopDestinations : IDestinationEnds
{
    private readonly LoopParts _parts;
    private readonly SharedParts _shared;
    private readonly LoopCounters _counters;
    private readonly LoopDestinations? _before;
    private readonly DestinationTree _tree;
    private readonly Dictionary<ServerKey, ServerDestination> _servers = [];
    private ServerDestination[] _list = [];

    /// <summary>Makes all that is configured; the one before goes on as it was.</summary>
    /// <param name="parts">What it is made of.</param>
    /// <param name="shared">What is configured.</param>
    /// <param name="counters">Where it counts.</param>
    /// <param name="before">What there is until now; null for nothing.</param>
    /// <exception cref="ArgumentException">What is configured cannot be made.</exception>
    /// <exception cref="IOException">A file of authorities cannot be read.</exception>
    public LoopDestinations(LoopParts parts, SharedParts shared, LoopCounters counters, LoopDestinations? before)
    {
        (_parts, _shared, _counters, _before) = (parts, shared, counters, before);
        _tree = new DestinationTree(shared.Options.Backends, parts.Loop, counters, this);
        foreach (var backend in shared.Options.Backends)
        {
            _tree.Get(backend.Name);
        }

        _before = null;
        _list = [.. _servers.Values];
    }

    /// <summary>The servers that are in use; to be read by any thread.</summary>
    public IReadOnlyList<ServerDestination> Servers => Volatile.Read(ref _list);

    /// <summary>All that have a name; to be read by any thread.</summary>
    public IReadOnlyCollection<Destination> All => _tree.All;

    /// <summary>One of them, by its name in the configuration; null if there is none.</summary>
    public Destination? Find(string name) => _tree.Find(name);

    /// <summary>Takes the servers of a pool that were found. On the loop's thread.</summary>
    public void SetServers(PoolOptions pool)
    {
        if (_tree.Find(pool.Name) is PoolDestination destination)
        {
            destination.SetServers(pool.Servers);
            Volatile.Write(ref _list, [.. _servers.Values]);
        }
    }

    /// <summary>Another one has taken its place: lets go of the servers that that one does not have.</summary>
    public void GiveWayTo(LoopDestinations next)
    {
        foreach (var (key, server) in _servers)
        {
            if (!next._servers.ContainsKey(key))
            {
                server.Drain();
            }
        }
    }

    /// <inheritdoc/>
    PoolServer IDestinationEnds.Server(PoolOptions pool, ServerOptions server)
    {
        var key = new ServerKey(pool.Name, server, pool.Connections, pool.Health);
        var counters = _counters.Server(ServerFactory.NameOf(pool, server));
        if (!_servers.TryGetValue(key, out var destination))
        {
            destination = _before?._servers.GetValueOrDefault(key) ?? _parts.Connect.Create(pool, server, counters);
            _servers.Add(key, destination);
        }

        return new PoolServer(destination, destination.Link.Observer);
    }

    /// <inheritdoc/>
    void IDestinationEnds.Retire(PoolServer server)
    {
        if (server.Destination is ServerDestination destination)
        {
            destination.Drain();
            foreach (var (key, _) in _servers.Where(pair => pair.Value == destination).ToArray())
            {
                _servers.Remove(key);
            }

            if (!_servers.Values.Any(other => other.Name == destination.Name))
            {
                _counters.ForgetServer(destination.Name);
            }
        }
    }

    /// <inheritdoc/>
    Destination IDestinationEnds.Backend(string name, string description) =>
        new BackendDestination(_parts.Loop, _shared.Backends[name], _parts.BackendLog)
        {
            Name = name,
            Description = description,
        };

    private sealed record ServerKey(
        string Pool,
        ServerOptions Server,
        ConnectionOptions Connections,
        HealthOptions Health);
}
