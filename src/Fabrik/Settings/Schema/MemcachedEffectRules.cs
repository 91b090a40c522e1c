namespace Fabrik.Settings.Schema;

/// <summary>What has to hold between the settings of a side effect.</summary>
internal static class MemcachedEffectRules
{
    /// <summary>All that is wrong.</summary>
    public static IEnumerable<SettingError> Check(EffectiveSettings settings, MemcachedNames names) =>
        settings.Items(MemcachedProxySettings.SideEffects).SelectMany(effect => Effect(effect, names))
            .Concat(SharedSpools(settings.Items(MemcachedProxySettings.SideEffects)));

    // Paths are whole ones by now.
    private static IEnumerable<SettingError> SharedSpools(IEnumerable<EffectiveSettings> effects) =>
        effects.Where(effect => effect.Get(MemcachedEffectSettings.SpoolDirectory).Length > 0)
            .GroupBy(Spool, StringComparer.Ordinal)
            .SelectMany(same => same.Skip(1).Select(other => other.Error(
                MemcachedEffectSettings.SpoolDirectory,
                $"expected a folder of its own, found that of {same.First().Key}")));

    private static string Spool(EffectiveSettings effect) =>
        Path.TrimEndingDirectorySeparator(effect.Get(MemcachedEffectSettings.SpoolDirectory));

    private static IEnumerable<SettingError> Effect(EffectiveSettings effect, MemcachedNames names)
    {
        (string type, Setting[] own) = effect.Get(MemcachedEffectSettings.Type) switch
        {
            MemcachedEffectType.Write => (
                "memcached_write", (Setting[])[MemcachedEffectSettings.Target, MemcachedEffectSettings.SpoolDirectory]),
            MemcachedEffectType.ReplicateOnHit => (
                "replicate_on_hit", [MemcachedEffectSettings.Target, MemcachedEffectSettings.Expiry]),
            _ => (
                "http_post",
                [MemcachedEffectSettings.Url, MemcachedEffectSettings.Timeout, MemcachedEffectSettings.Commands]),
        };
        IEnumerable<Setting> used = [MemcachedEffectSettings.Type, MemcachedEffectSettings.QueueLimit, .. own];
        return Needed(effect, names).Concat(MemcachedProxyRules.Unused(effect, used, type));
    }

    private static IEnumerable<SettingError> Needed(EffectiveSettings effect, MemcachedNames names)
    {
        string target = effect.Get(MemcachedEffectSettings.Target);
        return (effect.Get(MemcachedEffectSettings.Type), target.Length > 0) switch
        {
            (MemcachedEffectType.HttpPost, _) when effect.Get(MemcachedEffectSettings.Url) is null =>
                [effect.Error(MemcachedEffectSettings.Url, "expected a URL to post to, found none")],
            (MemcachedEffectType.HttpPost, _) => [],
            (_, false) => [effect.Error(MemcachedEffectSettings.Target, "expected a backend to write to, found none")],
            _ => names.Backend(effect, MemcachedEffectSettings.Target, target),
        };
    }
}
