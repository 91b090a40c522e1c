using Fabrik.Cache.Codec;
using Fabrik.Cache.Eviction;
using Fabrik.Cache.Local;
using Fabrik.Settings;
using Fabrik.Settings.Schema;

namespace Fabrik.Composition.Proxies;

/// <summary>The store of the proxy's own, out of settings.</summary>
internal static class ProxyStore
{
    // What is larger is sent from the system's cache of files, without a copy: in memory it would be there twice.
    private const int MaxInline = 64 * 1024;

    /// <summary>Maps settings to options.</summary>
    public static LocalStoreOptions OptionsOf(EffectiveSettings settings) => new()
    {
        Directory = settings.Get(S3ProxySettings.Directory),
        MaxSize = settings.Get(S3ProxySettings.DiskSize).Bytes,
        EvictionPolicy = EvictionPolicyKind.Lfu,
        Durability = DurabilityKind.Process,

        // Nobody is promised that an answer stays.
        Lease = TimeSpan.Zero,
        InlineLimit = (int)Math.Min(settings.Get(S3ProxySettings.MemoryItemSize).Bytes, MaxInline),
        HotSize = settings.Get(S3ProxySettings.MemorySize).Bytes,

        // Objects are mostly compressed already, and what is not compressed is sent as it lies there.
        Compression = CompressionKind.None,
    };
}
