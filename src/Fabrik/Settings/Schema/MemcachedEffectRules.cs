namespace Fabrik.Settings.Schema;

/// <summary>What has to hold between the settings of a side effect.</summary>
internal static class MemcachedEffectRules
{
    /// <summary>All that is wrong.</summary>
    public static IEnumerable<SettingError> Check(EffectiveSettings settings, MemcachedNames names) =>
        settings.Items(MemcachedProxySettings.SideEffects).SelectMany(effect => Effect(effect, names));

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
