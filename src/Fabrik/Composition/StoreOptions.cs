using Fabrik.Cache.Eviction;
using Fabrik.Cache.Local;
using Fabrik.Settings;
using Fabrik.Settings.Schema;
using Fabrik.Settings.Values;

namespace Fabrik.Composition;

/// <summary>The store's options out of settings.</summary>
internal static class StoreOptions
{
    /// <summary>Maps settings to options.</summary>
    public static LocalStoreOptions Of(EffectiveSettings settings) => new()
    {
        Directory = settings.Get(CacheSettings.Directory),
        MaxSize = settings.Get(CacheSettings.MaxSize).Bytes,
        EvictionPolicy = settings.Get(CacheSettings.Eviction) switch
        {
            EvictionPolicy.Lru => EvictionPolicyKind.Lru,
            EvictionPolicy.Ttl => EvictionPolicyKind.Ttl,
            _ => EvictionPolicyKind.Lfu,
        },
        DefaultTtl = settings.Get(CacheSettings.DefaultTtl),
        Durability = settings.Get(CacheSettings.Durability) == CacheDurability.Sync ? Durability.Sync : Durability.Process,
        Lease = settings.Get(CacheSettings.Lease),
        InlineLimit = (int)settings.Get(CacheSettings.InlineLimit).Bytes,
    };
}
