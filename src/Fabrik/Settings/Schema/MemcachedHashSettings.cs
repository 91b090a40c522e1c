using Fabrik.Memcached.Configuration;

namespace Fabrik.Settings.Schema;

/// <summary>How keys are spread over servers, or over backends.</summary>
internal sealed class MemcachedHashSettings
{
    private static readonly HashingOptions Defaults = new();

    /// <summary>Declares the settings.</summary>
    /// <param name="section">The section that they are in.</param>
    public MemcachedHashSettings(SettingsSection section)
    {
        Ring = section.Add(new Setting<RingKind>(SettingTypes.Choice(
            ("libmemcached", RingKind.Libmemcached),
            ("libmemcached_unweighted", RingKind.LibmemcachedUnweighted),
            ("twemproxy", RingKind.Twemproxy),
            ("twemproxy_modula", RingKind.TwemproxyModula),
            ("spy", RingKind.Spy),
            ("nginx", RingKind.Nginx),
            ("modula", RingKind.Modula),
            ("jump", RingKind.Jump),
            ("rendezvous", RingKind.Rendezvous)))
        {
            Name = "hash_ring",
            Help = "How a key chooses its server: as which other implementation does it.",
            Fallback = Defaults.Ring,
            IsHot = true,
        });
        KeyHash = section.Add(new Setting<KeyHashKind?>(SettingTypes.Optional(SettingTypes.Choice(
            ("one_at_a_time", KeyHashKind.OneAtATime),
            ("md5", KeyHashKind.Md5),
            ("crc16", KeyHashKind.Crc16),
            ("crc32", KeyHashKind.Crc32),
            ("crc32a", KeyHashKind.Crc32A),
            ("fnv1_64", KeyHashKind.Fnv1X64),
            ("fnv1a_64", KeyHashKind.Fnv1AX64),
            ("fnv1_32", KeyHashKind.Fnv1X32),
            ("fnv1a_32", KeyHashKind.Fnv1AX32),
            ("hsieh", KeyHashKind.Hsieh),
            ("murmur", KeyHashKind.Murmur),
            ("jenkins", KeyHashKind.Jenkins))))
        {
            Name = "key_hash",
            Help = "The hash of keys, by twemproxy's names; \"none\" is the usual one of `hash_ring`.",
            IsHot = true,
        });
        Tag = section.Add(new Setting<string>(SettingTypes.Text)
        {
            Name = "hash_tag",
            Help = "Two characters (`{}`): only what stands between them in a key is hashed, where there is such a "
                + "part.",
            Fallback = "",
            IsHot = true,
        });
    }

    public Setting<RingKind> Ring { get; }

    public Setting<KeyHashKind?> KeyHash { get; }

    public Setting<string> Tag { get; }

    /// <summary>All of them.</summary>
    public IEnumerable<Setting> All => [Ring, KeyHash, Tag];
}
