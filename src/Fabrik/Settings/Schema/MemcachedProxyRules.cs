namespace Fabrik.Settings.Schema;

/// <summary>What has to hold between the settings of the memcached proxy. All that is wrong is said at once.</summary>
internal static class MemcachedProxyRules
{
    /// <summary>All that is wrong.</summary>
    public static IEnumerable<SettingError> Check(EffectiveSettings settings)
    {
        MemcachedNames names = new(settings);
        return Whole(settings)
            .Concat(MemcachedListenerRules.Check(settings))
            .Concat(MemcachedBackendRules.Check(settings, names))
            .Concat(MemcachedRouteRules.Check(settings, names))
            .Concat(MemcachedUnreachable.Check(settings))
            .Concat(MemcachedEffectRules.Check(settings, names))
            .Concat(MemcachedCycles.Check(settings));
    }

    /// <summary>What settings say that their table has no use for, as it is of another type.</summary>
    /// <param name="item">The table.</param>
    /// <param name="used">What it has use for.</param>
    /// <param name="type">What the type is called.</param>
    public static IEnumerable<SettingError> Unused(EffectiveSettings item, IEnumerable<Setting> used, string type)
    {
        HashSet<Setting> known = [.. used];
        return item.Settings
            .Where(setting => !known.Contains(setting) && IsChanged(item, setting))
            .Select(setting => item.Error(setting, $"expected it not to be set: {type} has no use for it"));
    }

    /// <summary>Whether a setting has another value than its default, which may stand in a file too.</summary>
    public static bool IsChanged(EffectiveSettings item, Setting setting) =>
        item.IsSet(setting) && !item.ValueOf(setting).SameAs(setting.Default(Nowhere));

    private static readonly SettingsEnvironment Nowhere = new(new Dictionary<string, string>(StringComparer.Ordinal));

    private static IEnumerable<SettingError> Whole(EffectiveSettings settings)
    {
        if (settings.Items(MemcachedProxySettings.Listeners) is [var first, ..]
            && settings.Items(MemcachedProxySettings.Routes).Count == 0)
        {
            yield return new SettingError(
                first.Origin, MemcachedProxySettings.Section.KeyOf("routes"), "expected a route, found none");
        }
    }
}
