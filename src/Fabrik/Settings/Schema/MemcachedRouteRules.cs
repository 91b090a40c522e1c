using Fabrik.Memcached.Routing;

namespace Fabrik.Settings.Schema;

/// <summary>What has to hold between the settings of a route.</summary>
internal static class MemcachedRouteRules
{
    /// <summary>All that is wrong.</summary>
    public static IEnumerable<SettingError> Check(EffectiveSettings settings, MemcachedNames names) =>
        settings.Items(MemcachedProxySettings.Routes).SelectMany(route => Route(route, settings, names))
            .Concat(Hints(settings));

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
            MemcachedRouteSettings.Matcher, MemcachedRouteSettings.Commands, MemcachedRouteSettings.Hint,
            MemcachedRouteSettings.Kind, MemcachedRouteSettings.SideEffects, MemcachedRouteSettings.PartialFailure,
            MemcachedRouteSettings.LogFraction, .. MemcachedStrategyRules.Used(place),
        ];
        return Matcher(route)
            .Concat(Hint(route))
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

    private static IEnumerable<SettingError> Hint(EffectiveSettings route)
    {
        string hint = route.Get(MemcachedRouteSettings.Hint);
        if (hint.Length == 0)
        {
            yield break;
        }

        if (!RouteHint.TryParse(hint, out _, out string? problem))
        {
            yield return route.Error(MemcachedRouteSettings.Hint, $"expected a flag such as \"Peu\": {problem}");
        }

        if (RouteHint.FindWithout(route.Get(MemcachedRouteSettings.Commands)) is { } command)
        {
            yield return route.Error(
                MemcachedRouteSettings.Commands,
                $"expected commands that can have the hint \"{hint}\" (mg, ms, md, ma, me, or a group), "
                    + $"found {command}");
        }
    }

    private static IEnumerable<SettingError> Hints(EffectiveSettings settings) => settings
        .Items(MemcachedProxySettings.Routes)
        .Where(route => route.Get(MemcachedRouteSettings.Hint).Length > 0)
        .DistinctBy(route => route.Get(MemcachedRouteSettings.Hint), StringComparer.Ordinal)
        .Skip(HintTable.MaxHints)
        .Take(1)
        .Select(route => route.Error(
            MemcachedRouteSettings.Hint, $"expected up to {HintTable.MaxHints} different hints, found more"));
}
