using Fabrik.Memcached.Configuration;

namespace Fabrik.Memcached.Routing;

/// <summary>Routes as they are told to people.</summary>
internal static class RouteText
{
    /// <summary>A route, and what it fits.</summary>
    public static string Of(RouteOptions route)
    {
        var commands = route.Commands.Count == 0 ? "every command" : string.Join(", ", route.Commands);
        return $"route {route.Name}: {route.Matcher}, {commands}";
    }

    /// <summary>What a route does besides; null for nothing.</summary>
    public static string? EffectsOf(RouteOptions route) =>
        route.SideEffects.Count == 0 ? null : $"and besides: {string.Join(", ", route.SideEffects)}";
}
