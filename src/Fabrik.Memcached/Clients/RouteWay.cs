using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Destinations;

namespace Fabrik.Memcached.Clients;

/// <summary>The way of a key as it is told to people.</summary>
internal static class RouteWay
{
    /// <summary>The route, where it leads, and what happens besides, in lines.</summary>
    public static IReadOnlyList<string> Of(RouteOptions route, Destination destination, ReadOnlySpan<byte> key)
    {
        var path = new DestinationPath();
        path.Add($"route {route.Name}: {route.Matcher}, {CommandsOf(route)}");
        path.Enter(destination, key);
        return route.SideEffects.Count == 0
            ? path.Lines
            : [.. path.Lines, $"  and besides: {string.Join(", ", route.SideEffects)}"];
    }

    private static string CommandsOf(RouteOptions route)
    {
        var every = route.Hint is null ? "every command" : "every meta command";
        var commands = route.Commands.Count == 0 ? every : string.Join(", ", route.Commands);
        return route.Hint is null ? commands : $"{commands} with {route.Hint}";
    }
}
