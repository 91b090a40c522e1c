using Fabrik.Memcached.Configuration;
using Fabrik.Settings.Values;

namespace Fabrik.Settings.Schema;

/// <summary><c>[memcached_proxy]</c>: the router in front of memcached.</summary>
internal static class MemcachedProxySettings
{
    private static readonly ClientLimits Defaults = new();

    public static readonly SettingsSection Section = new(
        "memcached_proxy", "The router in front of servers of memcached. It is served where there are listeners.");

    public static readonly Setting<int?> Threads = Section.Add(new Setting<int?>(
        SettingTypes.Optional(SettingTypes.Integer(1, 1024)))
    {
        Name = "threads",
        Help = "Threads, each with clients and connections to servers of its own; \"none\" is one for each processor.",
    });

    public static readonly Setting<bool> AllowFlushAll = Section.Add(new Setting<bool>(SettingTypes.Boolean)
    {
        Name = "allow_flush_all",
        Help = "Whether `flush_all` of a client empties all servers; otherwise it is refused.",
        IsHot = true,
    });

    public static readonly Setting<string> Zone = Section.Add(new Setting<string>(SettingTypes.Text)
    {
        Name = "zone",
        Help = "Where this proxy is, for zone_aware.",
        Fallback = "",
        IsHot = true,
    });

    public static readonly SettingsSection Listeners = Section.Add(MemcachedListenerSettings.Section);

    public static readonly SettingsSection Backends = Section.Add(MemcachedBackendSettings.Section);

    public static readonly SettingsSection Routes = Section.Add(MemcachedRouteSettings.Section);

    public static readonly SettingsSection SideEffects = Section.Add(MemcachedEffectSettings.Section);

    /// <summary>What clients may.</summary>
    public static readonly SettingsSection Limits = Section.Add(new SettingsSection(
        "limits", "What clients may, so that none of them takes what all need."));

    public static readonly Setting<int> MaxClients = Limits.Add(new Setting<int>(SettingTypes.Integer(1, 1 << 20))
    {
        Name = "max_clients",
        Help = "Clients at a time; further ones are told so and let go.",
        Fallback = Defaults.MaxClients,
        IsHot = true,
    });

    public static readonly Setting<ByteSize> MaxValueSize = Limits.Add(new Setting<ByteSize>(
        SettingTypes.Size(ByteSize.KiB(1), ByteSize.GiB(1)))
    {
        Name = "max_value_size",
        Help = "The largest value; a larger one is refused as memcached does.",
        Fallback = new ByteSize(Defaults.MaxValueSize),
        IsHot = true,
    });

    public static readonly Setting<int> MaxPipelineDepth = Limits.Add(new Setting<int>(SettingTypes.Integer(1, 1 << 20))
    {
        Name = "max_pipeline_depth",
        Help = "Requests of a client that are not answered yet; beyond it the client is not read from.",
        Fallback = Defaults.MaxPipelineDepth,
        IsHot = true,
    });

    public static readonly Setting<ByteSize> MaxUnsent = Limits.Add(new Setting<ByteSize>(
        SettingTypes.Size(ByteSize.KiB(64), ByteSize.GiB(1)))
    {
        Name = "max_unsent",
        Help = "Bytes that wait to be sent to a client; beyond it the client is not read from.",
        Fallback = new ByteSize(Defaults.MaxUnsent),
        IsHot = true,
    });

    public static readonly Setting<TimeSpan> IdleTimeout = Limits.Add(new Setting<TimeSpan>(
        SettingTypes.Duration(TimeSpan.Zero))
    {
        Name = "idle_timeout",
        Help = "How long a client may be silent; 0 for ever.",
        Fallback = Defaults.IdleTimeout,
        IsHot = true,
    });
}
