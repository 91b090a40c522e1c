using System.Net;
using Fabrik.Settings.Values;

namespace Fabrik.Settings.Schema;

/// <summary><c>[s3_proxy]</c>: the caching proxy in front of buckets.</summary>
internal static class S3ProxySettings
{
    public static readonly SettingsSection Section = new(
        "s3_proxy", "The caching proxy in front of private buckets. It is served where there are buckets.");

    public static readonly Setting<BindAddress> Bind = Section.Add(new Setting<BindAddress>(SettingTypes.Bind)
    {
        Name = "bind",
        Help = "Where it listens.",
        Fallback = BindAddress.Tcp("127.0.0.1", 8081),
    });

    public static readonly CertificateSettings Certificate = new(
        Section, "the proxy's certificate", "serves without TLS (`http://`)");

    public static readonly Setting<IReadOnlyList<IPNetwork>> TrustedProxies = Section.Add(
        new Setting<IReadOnlyList<IPNetwork>>(new ListType<IPNetwork>(new NetworkType()))
        {
            Name = "trusted_proxies",
            Help = "The networks whose `X-Forwarded-For` is believed; elsewhere a client is the address that it comes "
                + "from.",
            Fallback = [],
            IsHot = true,
        });

    public static readonly Setting<bool> AccessLog = Section.Add(new Setting<bool>(SettingTypes.Boolean)
    {
        Name = "access_log",
        Help = "Whether every request is logged, in a line of its own.",
        Fallback = true,
        IsHot = true,
    });

    public static readonly Setting<bool> Admin = Section.Add(new Setting<bool>(SettingTypes.Boolean)
    {
        Name = "admin",
        Help = "Whether purging, warming and statistics are served beside metrics, at `observability.api_bind`.",
        Fallback = true,
    });

    public static readonly SettingsSection Buckets = Section.Add(S3ProxyBucketSettings.Section);

    public static readonly S3ProxyJwtSettings Jwt = new(
        Section, "What tokens are and must say, for the buckets with `auth.enabled`.");

    public static readonly S3ProxyRateSettings Rate = new(
        Section, "How many requests are let through, over all buckets; further ones are answered with 429.");

    /// <summary>Where answers are kept.</summary>
    public static readonly SettingsSection Cache = Section.Add(new SettingsSection(
        "cache", "Where answers are kept, in memory and on disk."));

    public static readonly Setting<ByteSize> SliceSize = Cache.Add(new Setting<ByteSize>(
        SettingTypes.Size(ByteSize.KiB(64), ByteSize.MiB(16)))
    {
        Name = "slice_size",
        Help = "The size of the parts in which objects are kept and fetched.",
        Fallback = ByteSize.MiB(1),
    });

    public static readonly Setting<ByteSize> FillBudget = Cache.Add(new Setting<ByteSize>(
        SettingTypes.Size(ByteSize.MiB(1), ByteSize.GiB(64)))
    {
        Name = "fill_budget",
        Help = "Memory for parts that are on their way; beyond it bodies pass through without being kept.",
        Fallback = ByteSize.MiB(128),
    });

    public static readonly SettingsSection Memory = Cache.Add(new SettingsSection(
        "memory", "Small objects that are asked for again and again."));

    public static readonly Setting<ByteSize> MemorySize = Memory.Add(new Setting<ByteSize>(
        SettingTypes.Size(new ByteSize(0), ByteSize.GiB(64)))
    {
        Name = "max_size",
        Help = "Memory for them; 0 for none. What is larger is sent from the system's own cache of files, without a "
            + "copy.",
        Fallback = ByteSize.MiB(64),
        IsHot = true,
    });

    public static readonly Setting<ByteSize> MemoryItemSize = Memory.Add(new Setting<ByteSize>(
        SettingTypes.Size(new ByteSize(0), ByteSize.GiB(1)))
    {
        Name = "max_item_size",
        Help = "The largest object that is kept so; more than 64 KiB counts as 64 KiB.",
        Fallback = ByteSize.KiB(64),
        IsHot = true,
    });

    public static readonly SettingsSection Disk = Cache.Add(new SettingsSection("disk", "Everything that is kept."));

    public static readonly Setting<string> Directory = Disk.Add(new Setting<string>(SettingTypes.Path)
    {
        Name = "dir",
        Help = "The folder. It is created when missing; two processes never share one.",
        FallbackFrom = environment => Path.Join(environment.CacheHome, "fabrik", "s3-proxy"),
        FallbackText = "$XDG_CACHE_HOME/fabrik/s3-proxy",
    });

    public static readonly Setting<ByteSize> DiskSize = Disk.Add(new Setting<ByteSize>(
        SettingTypes.Size(ByteSize.MiB(1), ByteSize.GiB(1 << 20)))
    {
        Name = "max_size",
        Help = "The space that it may take. What is over it is evicted.",
        Fallback = ByteSize.GB(10),
        IsHot = true,
    });

    public static readonly S3ProxyConnectionSettings Connections = new(Section);
}
