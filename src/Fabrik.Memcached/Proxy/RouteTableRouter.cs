using Fabrik.Memcached.Clients;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Requests;
using Fabrik.Memcached.Routing;
using Fabrik.Wire.Memcached;
using Microsoft.Extensions.Logging;

namespace Fabrik.Memcached.Proxy;

/// <summary>The routes of one loop, and the table that finds one.</summary>
internal sealed class RouteTableRouter : IRouter
{
    private readonly RouteTable _table;
    private readonly Route[] _routes;

    /// <summary>Makes it of what is configured.</summary>
    /// <param name="routes">The routes.</param>
    /// <param name="destinations">What they refer to.</param>
    /// <param name="effects">What happens besides.</param>
    /// <param name="counters">Where they count.</param>
    /// <param name="decisions">Where some of the requests are told of.</param>
    /// <exception cref="ArgumentException">A route is wrong.</exception>
    public RouteTableRouter(
        IReadOnlyList<RouteOptions> routes,
        LoopDestinations destinations,
        LoopEffects effects,
        LoopCounters counters,
        ILogger decisions)
    {
        if (!RouteTable.TryCreate(routes, out var table, out var errors))
        {
            var wrong = string.Join("; ", errors.Select(static e => $"route '{e.Route}': {e.Message}"));
            throw new ArgumentException(wrong, nameof(routes));
        }

        _table = table!;
        _routes = [.. routes.Select(route => new Route
        {
            Options = route,
            Destination = destinations.Find(route.Backend)
                ?? throw new ArgumentException($"Route '{route.Name}': no backend '{route.Backend}'.", nameof(routes)),
            Effects = effects.Of(route),
            Counters = counters.Route(route.Name),
            Decisions = route.LogFraction > 0 ? new DecisionLog(route.Name, route.LogFraction, decisions) : null,
        })];
    }

    /// <summary>The routes, in order.</summary>
    public IReadOnlyList<Route> Routes => _routes;

    /// <inheritdoc/>
    public Route? Find(Request request) => Find(request.Verb, request.RoutingKey);

    /// <inheritdoc/>
    public Route? Find(Verb verb, ReadOnlySpan<byte> key)
    {
        var index = _table.Find(verb, key);
        return index < 0 ? null : _routes[index];
    }
}
