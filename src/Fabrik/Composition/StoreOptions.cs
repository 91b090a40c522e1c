using Fabrik.Cache.Local;
using Fabrik.Settings;
using Fabrik.Settings.Schema;

namespace Fabrik.Composition;

/// <summary>The store's options out of settings.</summary>
internal static class StoreOptions
{
    /// <summary>Maps settings to options.</summary>
    public static LocalStoreOptions Of(EffectiveSettings settings) => new()
    {
        Directory = settings.Get(CacheSettings.Directory),
        MaxSize = settings.Get(CacheSettings.MaxSize).Bytes,
        EvictionPolicy = settings.Get(CacheSettings.Eviction),
        DefaultTtl = settings.Get(CacheSettings.DefaultTtl),
        Durability = settings.Get(CacheSettings.Durability),
        Lease = settings.Get(CacheSettings.Lease),
        InlineLimit = (int)settings.Get(CacheSettings.InlineLimit).Bytes,
    };
}
