using Fabrik.Memcached.Clients;
using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.Servers;

namespace Fabrik.Memcached.Proxy;

/// <summary>
/// What one loop counts of what is configured, by name. What is made under a configuration counts on where that of the
/// same name in the configuration before it did; what is not made under it is forgotten. On the loop's thread.
/// </summary>
internal sealed class LoopCounters
{
    private readonly NamedCounters<RouteCounters> _routes;
    private readonly NamedCounters<StrategyCounters> _strategies;
    private readonly NamedCounters<PoolCounters> _pools;
    private readonly NamedCounters<ServerCounters> _servers;
    private readonly NamedCounters<SendCounters> _effects;

    /// <summary>Those of another configuration; the ones before it stay as they are.</summary>
    /// <param name="before">Those until now; null for none.</param>
    public LoopCounters(LoopCounters? before)
    {
        _routes = new NamedCounters<RouteCounters>(before?._routes);
        _strategies = new NamedCounters<StrategyCounters>(before?._strategies);
        _pools = new NamedCounters<PoolCounters>(before?._pools);
        _servers = new NamedCounters<ServerCounters>(before?._servers);
        _effects = new NamedCounters<SendCounters>(before?._effects);
    }

    /// <summary>Those of a route.</summary>
    public RouteCounters Route(string name) => _routes.Of(name);

    /// <summary>Those of a strategy.</summary>
    public StrategyCounters Strategy(string name) => _strategies.Of(name);

    /// <summary>Those of a pool.</summary>
    public PoolCounters Pool(string name) => _pools.Of(name);

    /// <summary>Those of a server, by its name with that of its pool.</summary>
    public ServerCounters Server(string name) => _servers.Of(name);

    /// <summary>Those of a side effect that each loop has for itself.</summary>
    public SendCounters Effect(string name) => _effects.Of(name);

    /// <summary>A server is no longer there.</summary>
    public void ForgetServer(string name) => _servers.Forget(name);
}
