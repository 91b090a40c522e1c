using Fabrik.Memcached.Backends;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.Servers;

namespace Fabrik.Memcached.Proxy;

/// <summary>
/// What one loop may send to under one configuration. Servers that the one before had too keep their connections.
/// </summary>
internal sealed class LoopDestinations
{
    private readonly LoopParts _parts;
    private readonly SharedParts _shared;
    private readonly LoopCounters _counters;
    private readonly LoopDestinations? _before;
    private readonly List<string> _beingMade = [];
    private readonly Dictionary<ServerKey, ServerDestination> _servers = [];
    private readonly Dictionary<string, Destination> _made = new(StringComparer.Ordinal);
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
        foreach (var backend in shared.Options.Backends)
        {
            Get(backend.Name);
        }

        _before = null;
        _list = [.. _servers.Values];
    }

    /// <summary>The servers that are in use; to be read by any thread.</summary>
    public IReadOnlyList<ServerDestination> Servers => Volatile.Read(ref _list);

    /// <summary>All that have a name; to be read by any thread.</summary>
    public IReadOnlyCollection<Destination> All => _made.Values;

    /// <summary>One of them, by its name in the configuration; null if there is none.</summary>
    public Destination? Find(string name) => _made.GetValueOrDefault(name);

    /// <summary>Takes the servers of a pool that were found. On the loop's thread.</summary>
    public void SetServers(PoolOptions pool)
    {
        if (_made.GetValueOrDefault(pool.Name) is PoolDestination destination)
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

    private Destination Get(string name)
    {
        if (_made.TryGetValue(name, out var made))
        {
            return made;
        }

        var backend = _shared.Options.Backends.FirstOrDefault(b => b.Name == name)
            ?? throw new ArgumentException($"There is no backend named '{name}'.", nameof(name));
        if (_beingMade.Contains(name))
        {
            throw new ArgumentException($"Backend '{name}' is a part of itself.", nameof(name));
        }

        _beingMade.Add(name);
        var destination = Make(backend);
        _beingMade.Remove(name);
        _made.Add(name, destination);
        return destination;
    }

    /// <summary>The one place where kinds of backends become destinations.</summary>
    private Destination Make(BackendOptions backend) => backend switch
    {
        PoolOptions pool => Pool(pool),
        HttpBackendOptions http => Shared(http.Name, http.Url.GetLeftPart(UriPartial.Path)),
        CacheBackendOptions cache => Shared(cache.Name, "the store of this process"),
        StrategyOptions strategy =>
            new StrategyFactory(_parts.Loop, _counters).Create(strategy, [.. strategy.Backends.Select(Get)]),
        _ => throw new ArgumentException($"Backend '{backend.Name}' is of an unknown kind.", nameof(backend)),
    };

    private BackendDestination Shared(string name, string description) =>
        new(_parts.Loop, _shared.Backends[name], _parts.BackendLog) { Name = name, Description = description };

    private PoolDestination Pool(PoolOptions pool)
    {
        if (pool.Servers.Count == 0 && pool.Discovery is null)
        {
            throw new ArgumentException($"Backend '{pool.Name}' has no servers, and no way to find any.", nameof(pool));
        }

        var gutter = pool.Health is { WhenDead: DeadServerPolicy.Gutter, Gutter: { } name } ? Get(name) : null;
        var parts = new PoolParts
        {
            Name = pool.Name,
            Loop = _parts.Loop,
            Hashing = pool.Hashing,
            Counters = _counters.Pool(pool.Name),
            WhenDead = pool.Health.WhenDead,
            Connect = server => Server(pool, server),
            Retire = Retire,
            Gutter = gutter is null ? null : new ExpiryLimited(_parts.Loop, gutter, pool.Health.GutterExpiry)
            {
                Name = gutter.Name,
            },
        };
        return new PoolDestination(parts, pool.Servers) { Name = pool.Name };
    }

    private PoolServer Server(PoolOptions pool, ServerOptions server)
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

    private void Retire(PoolServer server)
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

    private sealed record ServerKey(
        string Pool,
        ServerOptions Server,
        ConnectionOptions Connections,
        HealthOptions Health);
}
