using System.Security.Cryptography;
using System.Text;
using Fabrik.Cache.Codec;
using Fabrik.Cache.Eviction;
using Fabrik.Cache.Local;
using Fabrik.Settings.Values;

namespace Fabrik.Settings.Schema;

/// <summary>What keeps artifacts for good.</summary>
internal enum StorageBackend
{
    /// <summary>The local store.</summary>
    RocksDb,

    /// <summary>A bucket; the local store is a cache before it.</summary>
    S3,
}

/// <summary><c>[cache]</c>: the local store.</summary>
internal static class CacheSettings
{
    public static readonly SettingsSection Section = new("cache", "The local store, which every layer begins with.");

    public static readonly Setting<string> Directory = Section.Add(new Setting<string>(SettingTypes.Path)
    {
        Name = "dir",
        Help = "The folder of the store. It is created when missing; two processes never share one.",
        FallbackFrom = DefaultDirectory,
        FallbackText = "$XDG_CACHE_HOME/fabrik, with a folder for each configuration file, or `default`",
    });

    public static readonly Setting<StorageBackend> StorageBackend = Section.Add(new Setting<StorageBackend>(
        SettingTypes.Choice(("rocksdb", Schema.StorageBackend.RocksDb), ("s3", Schema.StorageBackend.S3)))
    {
        Name = "storage_backend",
        Help = "What keeps artifacts for good: the local store (\"rocksdb\"), or the first bucket among the upstreams "
            + "(\"s3\"): then a write is acknowledged when it is there, and the local store is a cache before it.",
    });

    public static readonly Setting<ByteSize> MaxSize = Section.Add(new Setting<ByteSize>(
        SettingTypes.Size(ByteSize.MiB(1), ByteSize.GiB(1 << 20)))
    {
        Name = "max_size",
        Help = "The space that stored artifacts may take on disk. What is over it is evicted.",
        Fallback = ByteSize.GB(10),
        IsHot = true,
    });

    public static readonly Setting<EvictionPolicyKind> Eviction = Section.Add(new Setting<EvictionPolicyKind>(
        SettingTypes.Choice(
            ("lru", EvictionPolicyKind.Lru), ("lfu", EvictionPolicyKind.Lfu), ("ttl", EvictionPolicyKind.Ttl)))
    {
        Name = "eviction_policy",
        Help = "Which entries go first when the store is full: least recently used, least frequently used, or "
            + "soonest to expire.",
        Fallback = EvictionPolicyKind.Lfu,
        IsHot = true,
    });

    public static readonly Setting<TimeSpan?> DefaultTtl = Section.Add(new Setting<TimeSpan?>(
        SettingTypes.Optional(SettingTypes.Duration(TimeSpan.FromSeconds(1))))
    {
        Name = "default_ttl",
        Help = "How long an entry lives from when it was stored. With \"none\" only the size limit ends it.",
        IsHot = true,
    });

    public static readonly Setting<DurabilityKind> Durability = Section.Add(new Setting<DurabilityKind>(
        SettingTypes.Choice(("process", DurabilityKind.Process), ("sync", DurabilityKind.Sync)))
    {
        Name = "durability",
        Help = "What an acknowledged write survives: the end of the process (\"process\"), or a loss of power too "
            + "(\"sync\", slower).",
        Fallback = DurabilityKind.Process,
    });

    public static readonly Setting<TimeSpan> Lease = Section.Add(new Setting<TimeSpan>(
        SettingTypes.Duration(TimeSpan.Zero, TimeSpan.FromDays(7)))
    {
        Name = "lease",
        Help = "How long an entry is safe from eviction after a client was told that it is there.",
        Fallback = TimeSpan.FromHours(3),
    });

    public static readonly Setting<ByteSize> InlineLimit = Section.Add(new Setting<ByteSize>(
        SettingTypes.Size(new ByteSize(0), ByteSize.MiB(1)))
    {
        Name = "inline_limit",
        Help = "Artifacts up to this size are kept inside the index; larger ones are files of their own.",
        Fallback = ByteSize.KiB(16),
    });

    public static readonly Setting<ByteSize> HotSize = Section.Add(new Setting<ByteSize>(
        SettingTypes.Size(new ByteSize(0), ByteSize.GiB(64)))
    {
        Name = "hot_size",
        Help = "Memory for entries that are read again and again, with their contents up to `inline_limit`; 0 for "
            + "none.",
        Fallback = ByteSize.MiB(16),
    });

    public static readonly Setting<ByteSize> MaxArtifactSize = Section.Add(new Setting<ByteSize>(
        SettingTypes.Size(ByteSize.KiB(1), ByteSize.GiB(1 << 20)))
    {
        Name = "max_artifact_size",
        Help = "The largest artifact that is accepted. A larger upload is refused before its body is read.",
        Fallback = ByteSize.GiB(2),
    });

    public static readonly Setting<CompressionKind> Compression = Section.Add(new Setting<CompressionKind>(
        SettingTypes.Choice(("zstd", CompressionKind.Zstd), ("none", CompressionKind.None)))
    {
        Name = "compression",
        Help = "How stored bytes are compressed. Data that does not shrink is left as it is.",
        Fallback = CompressionKind.Zstd,
    });

    public static readonly Setting<int> CompressionLevel = Section.Add(new Setting<int>(SettingTypes.Integer(1, 19))
    {
        Name = "compression_level",
        Help = "The zstd level: higher is smaller and slower.",
        Fallback = 3,
    });

    public static readonly Setting<string> EncryptionKeyFile = Section.Add(new Setting<string>(SettingTypes.Path)
    {
        Name = "encryption_key_file",
        Help = "A file with the key that stored bytes are encrypted with (AES-256-GCM): 32 bytes in Base64 or "
            + "hexadecimal.",
        Fallback = "",
    });

    public static readonly Setting<string> EncryptionKeyVariable = Section.Add(new Setting<string>(SettingTypes.Text)
    {
        Name = "encryption_key_env",
        Help = "The name of an environment variable with that key, in the same form. At most one of the two is set.",
        Fallback = "",
    });

    public static readonly Setting<TimeSpan> NegativeTtl = Section.Add(new Setting<TimeSpan>(
        SettingTypes.Duration(TimeSpan.Zero, TimeSpan.FromHours(1)))
    {
        Name = "negative_ttl",
        Help = "How long it is remembered that no upstream has an artifact; 0 asks each time.",
        Fallback = TimeSpan.FromSeconds(5),
    });

    public static readonly Setting<bool> DetectCi = Section.Add(new Setting<bool>(SettingTypes.Boolean)
    {
        Name = "detect_ci",
        Help = "Whether the cache of the CI service that this runs in becomes an upstream where none is set.",
        Fallback = true,
    });

    // Each configuration has a daemon, and two of them cannot hold one store. The path stands for the configuration:
    // its content changes, and what was cached should stay.
    private static string DefaultDirectory(SettingsEnvironment environment)
    {
        string root = Path.Join(environment.CacheHome, "fabrik");
        return environment.ConfigPath is { } path
            ? Path.Join(root, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)))[..16])
            : Path.Join(root, "default");
    }
}
