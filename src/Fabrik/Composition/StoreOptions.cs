using Fabrik.Cache.Local;
using Fabrik.Settings;
using Fabrik.Settings.Schema;

namespace Fabrik.Composition;

/// <summary>The store's options out of settings.</summary>
internal static class StoreOptions
{
    /// <summary>
    /// Maps settings to options; null after adding what is wrong with the key to <paramref name="problems"/>.
    /// </summary>
    public static LocalStoreOptions? Of(
        EffectiveSettings settings, SettingsEnvironment environment, List<string> problems)
    {
        if (!EncryptionKey.TryRead(settings, environment, out byte[] key, out string problem))
        {
            problems.Add(problem);
            return null;
        }

        return new LocalStoreOptions
        {
            Directory = settings.Get(CacheSettings.Directory),
            MaxSize = settings.Get(CacheSettings.MaxSize).Bytes,
            EvictionPolicy = settings.Get(CacheSettings.Eviction),
            DefaultTtl = settings.Get(CacheSettings.DefaultTtl),
            Durability = settings.Get(CacheSettings.Durability),
            Lease = settings.Get(CacheSettings.Lease),
            InlineLimit = (int)settings.Get(CacheSettings.InlineLimit).Bytes,
            HotSize = settings.Get(CacheSettings.HotSize).Bytes,
            Compression = settings.Get(CacheSettings.Compression),
            CompressionLevel = settings.Get(CacheSettings.CompressionLevel),
            EncryptionKey = key,
        };
    }
}
