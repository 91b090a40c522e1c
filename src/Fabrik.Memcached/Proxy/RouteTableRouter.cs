using Fabrik.Memcached.Clients;
using Fabrik.Memcached.Requests;
using Fabrik.Memcached.Routing;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Proxy;

/// <summary>The routes of one loop, and the table that finds one.</summary>
internal sealed class RouteTableRouter : IRouter
{
    private readonly RouteTable _table;
    private readonly Route[] _routes;

    /// <summary>Over routes in their order.</summary>
    /// <param name="routes">The routes; the array is never changed.</param>
    /// <param name="timeouts">Who counts keys that a regular expression took too long for.</param>
    /// <exception cref="ArgumentException">A route is wrong.</exception>
    public RouteTableRouter(Route[] routes, RegexTimeouts timeouts)
    {
        var options = Array.ConvertAll(routes, static route => route.Options);
        if (!RouteTable.TryCreate(options, out var table, out var errors, index => timeouts.Of(routes[index])))
        {
            var wrong = string.Join("; ", errors.Select(static e => $"route '{e.Route}': {e.Message}"));
            throw new ArgumentException(wrong, nameof(routes));
        }

        (_table, _routes) = (table!, routes);
    }

    /// <inheritdoc/>
    public Route? Find(Request request) =>
        _table.HasHints && request.Command.FlagsOffset > 0
            ? At(_table.Find(request.Verb, request.RoutingKey, new MetaFlags(request.Message, in request.Command)))
            : Find(request.Verb, request.RoutingKey);

    /// <inheritdoc/>
    public Route? Find(Verb verb, ReadOnlySpan<byte> key) => At(_table.Find(verb, key));

    private Route? At(int index) => index < 0 ? null : _routes[index];
}
