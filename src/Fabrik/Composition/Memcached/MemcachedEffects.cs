using Fabrik.Memcached.Configuration;
using Fabrik.Settings;
using Fabrik.Settings.Schema;

namespace Fabrik.Composition.Memcached;

/// <summary>What happens besides requests, out of settings.</summary>
internal static class MemcachedEffects
{
    /// <summary>Maps one.</summary>
    public static SideEffectOptions Of(EffectiveSettings effect)
    {
        string name = effect.Name;
        int limit = effect.Get(MemcachedEffectSettings.QueueLimit);
        return effect.Get(MemcachedEffectSettings.Type) switch
        {
            MemcachedEffectType.Write => new WriteEffectOptions
            {
                Name = name,
                QueueLimit = limit,
                Target = effect.Get(MemcachedEffectSettings.Target),
                SpoolFolder = effect.Get(MemcachedEffectSettings.SpoolDirectory) is { Length: > 0 } folder
                    ? folder
                    : null,
            },
            MemcachedEffectType.ReplicateOnHit => new ReplicateOnHitOptions
            {
                Name = name,
                QueueLimit = limit,
                Target = effect.Get(MemcachedEffectSettings.Target),
                Expiry = effect.Get(MemcachedEffectSettings.Expiry),
            },
            _ => new HttpPostOptions
            {
                Name = name,
                QueueLimit = limit,
                Url = effect.Get(MemcachedEffectSettings.Url)!,
                Timeout = effect.Get(MemcachedEffectSettings.Timeout),
                Commands = effect.Get(MemcachedEffectSettings.Commands),
            },
        };
    }
}
