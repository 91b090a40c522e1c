using Fabrik.Memcached.Configuration;

namespace Fabrik.Settings.Schema;

/// <summary>A strategy as it is set, in a backend or in a route.</summary>
/// <param name="Item">Where it is set.</param>
/// <param name="Kind">Which one.</param>
/// <param name="Settings">The declarations that it is set by.</param>
/// <param name="Hash">The declarations of how keys are spread.</param>
internal sealed record MemcachedStrategyPlace(
    EffectiveSettings Item, StrategyKind Kind, MemcachedStrategySettings Settings, MemcachedHashSettings Hash);

/// <summary>What has to hold between the settings of a strategy.</summary>
internal static class MemcachedStrategyRules
{
    /// <summary>The settings that a strategy has use for.</summary>
    public static IEnumerable<Setting> Used(MemcachedStrategyPlace place)
    {
        MemcachedStrategySettings strategy = place.Settings;
        IEnumerable<Setting> names = place.Kind switch
        {
            StrategyKind.WarmFirst => [strategy.Primary, strategy.Fallback],
            StrategyKind.Failover => [strategy.Primary, strategy.Backends, strategy.Fallback],
            StrategyKind.Shadow => [strategy.Primary, strategy.Backend, strategy.Backends],
            _ => [strategy.Backend, strategy.Backends],
        };
        bool spreads = place.Kind == StrategyKind.ConsistentHash && strategy.Names(place.Item).Count() > 1;
        return names.Concat(strategy.OwnOf(place.Kind)).Concat(spreads ? place.Hash.All : []);
    }

    /// <summary>What a strategy is called where it has no use for a setting.</summary>
    public static string Describe(MemcachedStrategyPlace place)
    {
        string name = MemcachedStrategySettings.NameOf(place.Kind);
        return place.Kind == StrategyKind.ConsistentHash && place.Settings.Names(place.Item).Count() == 1
            ? $"{name} over one backend, which spreads keys as it is set itself,"
            : name;
    }

    /// <summary>All that is wrong, but for settings that it has no use for.</summary>
    public static IEnumerable<SettingError> Check(
        MemcachedStrategyPlace place, EffectiveSettings settings, MemcachedNames names)
    {
        (Setting Setting, string Name)[] found = [.. place.Settings.Names(place.Item)];
        return found.SelectMany(each => names.Backend(place.Item, each.Setting, each.Name))
            .Concat(Count(place, found))
            .Concat(Once(place, found))
            .Concat(Tag(place.Item, place.Hash))
            .Concat(place.Kind == StrategyKind.ZoneAware ? Zones(place, found, settings) : []);
    }

    /// <summary>What is wrong with how keys are spread.</summary>
    public static IEnumerable<SettingError> Tag(EffectiveSettings item, MemcachedHashSettings hash)
    {
        string tag = item.Get(hash.Tag);
        if (tag.Length is not (0 or 2) || tag.Any(c => c is <= ' ' or > '~'))
        {
            yield return item.Error(hash.Tag, $"expected two characters such as \"{{}}\", found \"{tag}\"");
        }
    }

    private static IEnumerable<SettingError> Count(MemcachedStrategyPlace place, (Setting, string)[] found)
    {
        MemcachedStrategySettings strategy = place.Settings;
        bool hasPrimary = place.Item.Get(strategy.Primary).Length > 0;
        bool hasFallback = place.Item.Get(strategy.Fallback).Length > 0;
        (bool isRight, string expected) = place.Kind switch
        {
            StrategyKind.BlindForward => (found.Length == 1, "one backend"),
            StrategyKind.ConsistentHash => (found.Length >= 1, "a backend"),
            StrategyKind.WarmFirst => (hasPrimary && hasFallback, "primary and fallback"),
            _ => (found.Length >= 2, "two or more backends"),
        };
        Setting where = place.Kind switch
        {
            StrategyKind.BlindForward => strategy.Backend,
            StrategyKind.WarmFirst => hasPrimary ? strategy.Fallback : strategy.Primary,
            _ => strategy.Backends,
        };
        if (!isRight)
        {
            string kind = MemcachedStrategySettings.NameOf(place.Kind);
            string count = found.Length == 0 ? "none" : found.Length == 1 ? "one" : $"{found.Length}";
            yield return place.Item.Error(where, $"expected {expected} for {kind}, found {count}");
        }
    }

    private static IEnumerable<SettingError> Once(
        MemcachedStrategyPlace place, (Setting Setting, string Name)[] found) =>
        found.GroupBy(each => each.Name, StringComparer.Ordinal)
            .Where(group => group.Count() > 1)
            .Select(group => place.Item.Error(
                group.Last().Setting, $"expected each backend once, found \"{group.Key}\" {group.Count()} times"));

    private static IEnumerable<SettingError> Zones(
        MemcachedStrategyPlace place, (Setting Setting, string Name)[] found, EffectiveSettings settings)
    {
        if (settings.Get(MemcachedProxySettings.Zone).Length == 0)
        {
            yield return settings.Error(
                MemcachedProxySettings.Zone, $"expected the zone of this proxy for {place.Item.Key}, found none");
        }

        HashSet<string> names = [.. found.Select(each => each.Name)];
        foreach (EffectiveSettings backend in settings.Items(MemcachedProxySettings.Backends))
        {
            if (names.Contains(backend.Name) && backend.Get(MemcachedBackendSettings.Zone).Length == 0)
            {
                yield return backend.Error(
                    MemcachedBackendSettings.Zone, $"expected its zone for {place.Item.Key}, found none");
            }
        }
    }
}
