using Fabrik.Memcached.Configuration;
using Fabrik.Settings.Values;

namespace Fabrik.Settings.Schema;

/// <summary><c>[memcached_proxy.backends.&lt;name&gt;]</c>: what requests may be sent to.</summary>
internal static class MemcachedBackendSettings
{
    private static readonly HttpBackendOptions HttpDefaults = new() { Name = "", Url = new Uri("http://localhost") };
    private static readonly CacheBackendOptions CacheDefaults = new() { Name = "" };

    public static readonly SettingsSection Section = new(
        "backends", "Something that requests may be sent to: servers, or a strategy over other backends.")
    {
        IsMap = true,
        IsHot = true,
    };

    public static readonly Setting<MemcachedBackendType> Type = Section.Add(new Setting<MemcachedBackendType>(
        SettingTypes.Choice([.. MemcachedBackendType.Choices]))
    {
        Name = "type",
        Help = "What it is: servers with the keys spread over them, one server, an HTTP server, the store of this "
            + "process with its layers, or a strategy.",
        IsRequired = true,
        IsHot = true,
    });

    public static readonly Setting<IReadOnlyList<ServerOptions?>> Servers = Section.Add(
        new Setting<IReadOnlyList<ServerOptions?>>(new ListType<ServerOptions?>(new MemcachedServerType(false)))
        {
            Name = "servers",
            Help = "The servers of memcached_pool, as twemproxy has them: `host:port[:weight] [alias]`.",
            Fallback = [],
            IsHot = true,
        });

    public static readonly Setting<ServerOptions?> Server = Section.Add(
        new Setting<ServerOptions?>(new MemcachedServerType(true))
        {
            Name = "server",
            Help = "The server of memcached_single.",
            IsHot = true,
        });

    public static readonly Setting<Uri?> Url = Section.Add(new Setting<Uri?>(SettingTypes.Url("http", "https"))
    {
        Name = "url",
        Help = "What stands before the key in requests to an HTTP server.",
        IsHot = true,
    });

    public static readonly Setting<IReadOnlyList<string>> Headers = Section.Add(
        new Setting<IReadOnlyList<string>>(SettingTypes.TextList)
        {
            Name = "headers",
            Help = "Headers of every request to an HTTP server, each as `Name: value`.",
            Fallback = [],
            IsSecret = true,
            IsHot = true,
        });

    public static readonly Setting<TimeSpan> Timeout = Section.Add(new Setting<TimeSpan>(
        SettingTypes.Duration(TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(10)))
    {
        Name = "timeout",
        Help = "How long a request to an HTTP server may take.",
        Fallback = HttpDefaults.Timeout,
        IsHot = true,
    });

    public static readonly Setting<int> MaxConcurrent = Section.Add(new Setting<int>(SettingTypes.Integer(1, 1 << 16))
    {
        Name = "max_concurrent",
        Help = "Requests to an HTTP server at a time; further ones fail at once.",
        Fallback = HttpDefaults.MaxConcurrent,
        IsHot = true,
    });

    public static readonly Setting<string> Namespace = Section.Add(new Setting<string>(SettingTypes.Text)
    {
        Name = "namespace",
        Help = "What keeps keys in the store apart from those of build tools.",
        Fallback = CacheDefaults.Namespace,
        IsHot = true,
    });

    public static readonly Setting<string> Zone = Section.Add(new Setting<string>(SettingTypes.Text)
    {
        Name = "zone",
        Help = "Where it is, for zone_aware.",
        Fallback = "",
        IsHot = true,
    });

    public static readonly MemcachedStrategySettings Strategy = new(Section);

    public static readonly MemcachedHashSettings Hash = new(Section);

    /// <summary>How servers are found that are not named.</summary>
    public static readonly SettingsSection Discovery = Section.Add(new SettingsSection(
        "discovery", "How a pool finds its servers, where they are not named."));

    public static readonly Setting<DiscoveryKind?> DiscoveryType = Discovery.Add(new Setting<DiscoveryKind?>(
        SettingTypes.Optional(SettingTypes.Choice(
            ("dns", DiscoveryKind.Dns), ("elasticache", DiscoveryKind.ElastiCache))))
    {
        Name = "type",
        Help = "Whom it asks: DNS, where each address of a name is a server, or the configuration endpoint of "
            + "ElastiCache.",
        IsHot = true,
    });

    public static readonly Setting<string> DiscoveryName = Discovery.Add(new Setting<string>(SettingTypes.Text)
    {
        Name = "name",
        Help = "The name to resolve, or the host of the configuration endpoint.",
        Fallback = "",
        IsHot = true,
    });

    public static readonly Setting<int> DiscoveryPort = Discovery.Add(new Setting<int>(
        SettingTypes.Integer(1, ushort.MaxValue))
    {
        Name = "port",
        Help = "The port of the servers, or of the configuration endpoint.",
        Fallback = 11211,
        IsHot = true,
    });

    public static readonly Setting<TimeSpan> DiscoveryInterval = Discovery.Add(new Setting<TimeSpan>(
        SettingTypes.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)))
    {
        Name = "interval",
        Help = "How often it asks.",
        Fallback = TimeSpan.FromSeconds(30),
        IsHot = true,
    });

    public static readonly MemcachedConnectionSettings Connection = new(Section);

    public static readonly MemcachedHealthSettings Health = new(Section);
}
