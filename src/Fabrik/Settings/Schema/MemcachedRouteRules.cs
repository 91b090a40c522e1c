using Fabrik.Memcached.Routing;

namespace Fabrik.Settings.Schema;

/// <summary>What has to hold between the settings of a route.</summary>
internal static class MemcachedRouteRules
{
    /// <summary>All that is wrong.</summary>
    public static IEnumerable<SettingError> Check(EffectiveSettings settings, MemcachedNames names) =>
        settings.Items(MemcachedProxySettings.Routes).SelectMany(route => Route(route, settings, names));

    /// <summary>The strategy of a route.</summary>
    public static MemcachedStrategyPlace PlaceOf(EffectiveSettings route) => new(
        route,
        route.Get(MemcachedRouteSettings.Kind),
        MemcachedRouteSettings.Strategy,
        MemcachedRouteSettings.Hash);

    private static IEnumerable<SettingError> Route(
        EffectiveSettings route, EffectiveSettings settings, MemcachedNames names)
    {
        MemcachedStrategyPlace place = PlaceOf(route);
        IEnumerable<Setting> used =
        [
            MemcachedRouteSettings.Matcher, MemcachedRouteSettings.Commands, MemcachedRouteSettings.Kind,
            MemcachedRouteSettings.SideEffects, MemcachedRouteSettings.PartialFailure,
            MemcachedRouteSettings.LogFraction, .. MemcachedStrategyRules.Used(place),
        ];
        return Matcher(route)
            .Concat(MemcachedStrategyRules.Check(place, settings, names))
            .Concat(route.Get(MemcachedRouteSettings.SideEffects)
                .SelectMany(name => names.Effect(route, MemcachedRouteSettings.SideEffects, name)))
            .Concat(MemcachedProxyRules.Unused(route, used, MemcachedStrategyRules.Describe(place)));
    }

    private static IEnumerable<SettingError> Matcher(EffectiveSettings route)
    {
        if (!RoutePattern.TryParse(route.Get(MemcachedRouteSettings.Matcher), out _, out string? problem))
        {
            yield return route.Error(MemcachedRouteSettings.Matcher, $"expected keys such as \"user:*\": {problem}");
        }
    }
}
