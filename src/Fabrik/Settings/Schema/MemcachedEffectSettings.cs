using Fabrik.Memcached.Configuration;

namespace Fabrik.Settings.Schema;

/// <summary>What happens besides a request.</summary>
internal enum MemcachedEffectType
{
    /// <summary>Writes go to another backend too.</summary>
    Write,

    /// <summary>What was read is added to another backend.</summary>
    ReplicateOnHit,

    /// <summary>A notice is posted.</summary>
    HttpPost,
}

/// <summary><c>[memcached_proxy.side_effects.&lt;name&gt;]</c>: what happens besides requests.</summary>
internal static class MemcachedEffectSettings
{
    private static readonly ReplicateOnHitOptions CopyDefaults = new() { Name = "", Target = "" };
    private static readonly HttpPostOptions PostDefaults = new() { Name = "", Url = new Uri("http://localhost") };

    public static readonly SettingsSection Section = new(
        "side_effects", "What happens besides a request, after its answer, without anybody waiting for it.")
    {
        IsMap = true,
        IsHot = true,
    };

    public static readonly Setting<MemcachedEffectType> Type = Section.Add(new Setting<MemcachedEffectType>(
        SettingTypes.Choice(
            ("memcached_write", MemcachedEffectType.Write),
            ("replicate_on_hit", MemcachedEffectType.ReplicateOnHit),
            ("http_post", MemcachedEffectType.HttpPost)))
    {
        Name = "type",
        Help = "What it is: writes, deletes and touches to another backend too; what was read added to another "
            + "backend; a notice as JSON.",
        IsRequired = true,
        IsHot = true,
    });

    public static readonly Setting<string> Target = Section.Add(new Setting<string>(SettingTypes.Text)
    {
        Name = "target",
        Help = "The backend of memcached_write and replicate_on_hit.",
        Fallback = "",
        IsHot = true,
    });

    public static readonly Setting<string> SpoolDirectory = Section.Add(new Setting<string>(SettingTypes.Path)
    {
        Name = "spool_dir",
        Help = "The folder in which memcached_write keeps deletes that failed until they succeed; empty for none.",
        Fallback = "",
        IsHot = true,
    });

    public static readonly Setting<TimeSpan> Expiry = Section.Add(new Setting<TimeSpan>(
        SettingTypes.Duration(TimeSpan.FromSeconds(1)))
    {
        Name = "expiry",
        Help = "How long what replicate_on_hit adds lives where the rest of its life cannot be told.",
        Fallback = CopyDefaults.Expiry,
        IsHot = true,
    });

    public static readonly Setting<Uri?> Url = Section.Add(new Setting<Uri?>(SettingTypes.Url("http", "https"))
    {
        Name = "url",
        Help = "Where http_post posts to.",
        IsHot = true,
    });

    public static readonly Setting<TimeSpan> Timeout = Section.Add(new Setting<TimeSpan>(
        SettingTypes.Duration(TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1)))
    {
        Name = "timeout",
        Help = "How long http_post may take.",
        Fallback = PostDefaults.Timeout,
        IsHot = true,
    });

    public static readonly Setting<IReadOnlyList<string>> Commands = Section.Add(
        new Setting<IReadOnlyList<string>>(MemcachedRouteSettings.CommandList())
        {
            Name = "commands",
            Help = "Which commands http_post tells of; empty for writes and deletes.",
            Fallback = [],
            IsHot = true,
        });

    public static readonly Setting<int> QueueLimit = Section.Add(new Setting<int>(SettingTypes.Integer(1, 10_000_000))
    {
        Name = "queue_limit",
        Help = "How many may wait; further ones are dropped and counted.",
        Fallback = PostDefaults.QueueLimit,
        IsHot = true,
    });
}
