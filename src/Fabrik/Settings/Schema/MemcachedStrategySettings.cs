using Fabrik.Memcached.Configuration;

namespace Fabrik.Settings.Schema;

/// <summary>A strategy over backends; declared for backends and again for routes.</summary>
internal sealed class MemcachedStrategySettings
{
    /// <summary>The strategies by name.</summary>
    public static readonly IReadOnlyList<(string Name, StrategyKind Value)> Kinds =
    [
        ("blind_forward", StrategyKind.BlindForward),
        ("round_robin", StrategyKind.RoundRobin),
        ("consistent_hash", StrategyKind.ConsistentHash),
        ("parallel", StrategyKind.Parallel),
        ("warm_first", StrategyKind.WarmFirst),
        ("failover", StrategyKind.Failover),
        ("replicate", StrategyKind.Replicate),
        ("shadow", StrategyKind.Shadow),
        ("least_latency", StrategyKind.LeastLatency),
        ("zone_aware", StrategyKind.ZoneAware),
    ];

    private static readonly StrategyOptions Defaults = new()
    {
        Name = "",
        Strategy = StrategyKind.BlindForward,
        Backends = [],
    };

    private readonly SettingsSection _section;

    /// <summary>Declares the settings.</summary>
    /// <param name="section">The section that they are in.</param>
    public MemcachedStrategySettings(SettingsSection section)
    {
        _section = section;
        Primary = Text("primary", "The backend that is asked first: of warm_first, failover and shadow.");
        Backend = Text("backend", "The backend, where there is one.");
        Backends = section.Add(new Setting<IReadOnlyList<string>>(SettingTypes.TextList)
        {
            Name = "backends",
            Help = "The backends, in the order in which the strategy takes them; behind `primary` and before "
                + "`fallback`.",
            Fallback = [],
            IsHot = true,
        });
        Fallback = Text("fallback", "The backend that is asked last: of warm_first and failover.");
        Replication = section.Add(new Setting<ReplicationMode>(SettingTypes.Choice(
            ("all_sync", ReplicationMode.AllSync),
            ("majority", ReplicationMode.Majority),
            ("all_async", ReplicationMode.AllAsync)))
        {
            Name = "replication",
            Help = "When replicate answers a write: after all, after more than half, or after the first backend.",
            Fallback = Defaults.Replication,
            IsHot = true,
        });
        FailoverOnMiss = section.Add(new Setting<bool>(SettingTypes.Boolean)
        {
            Name = "failover_on_miss",
            Help = "Whether failover asks the next backend after a miss too.",
            Fallback = Defaults.FailoverOnMiss,
            IsHot = true,
        });
        FailoverExpiry = section.Add(new Setting<TimeSpan?>(SettingTypes.Optional(Expiry()))
        {
            Name = "failover_expiry",
            Help = "How long what failover writes to another than the first backend lives at most; \"none\" for as the "
                + "client says.",
            Fallback = Defaults.FailoverExpiry,
            IsHot = true,
        });
        RefillExpiry = section.Add(new Setting<TimeSpan>(Expiry())
        {
            Name = "refill_expiry",
            Help = "How long what warm_first refills lives where the rest of its life cannot be told.",
            Fallback = Defaults.RefillExpiry,
            IsHot = true,
        });
        ShadowFraction = section.Add(new Setting<double>(SettingTypes.Fraction)
        {
            Name = "shadow_fraction",
            Help = "The share of keys whose requests shadow copies.",
            Fallback = Defaults.ShadowFraction,
            IsHot = true,
        });
    }

    public Setting<string> Primary { get; }

    public Setting<string> Backend { get; }

    public Setting<IReadOnlyList<string>> Backends { get; }

    public Setting<string> Fallback { get; }

    public Setting<ReplicationMode> Replication { get; }

    public Setting<bool> FailoverOnMiss { get; }

    public Setting<TimeSpan?> FailoverExpiry { get; }

    public Setting<TimeSpan> RefillExpiry { get; }

    public Setting<double> ShadowFraction { get; }

    /// <summary>What a strategy is called.</summary>
    public static string NameOf(StrategyKind kind) => Kinds.First(known => known.Value == kind).Name;

    /// <summary>The names of the backends in order, each with the setting that it is in.</summary>
    public IEnumerable<(Setting Setting, string Name)> Names(EffectiveSettings item) =>
        new (Setting Setting, IEnumerable<string> Names)[]
        {
            (Primary, [item.Get(Primary)]),
            (Backend, [item.Get(Backend)]),
            (Backends, item.Get(Backends)),
            (Fallback, [item.Get(Fallback)]),
        }.SelectMany(each => each.Names, (each, name) => (each.Setting, name)).Where(each => each.name.Length > 0);

    /// <summary>The settings that only one strategy has.</summary>
    public IEnumerable<Setting> OwnOf(StrategyKind kind) => kind switch
    {
        StrategyKind.Replicate => [Replication],
        StrategyKind.Failover => [FailoverOnMiss, FailoverExpiry],
        StrategyKind.WarmFirst => [RefillExpiry],
        StrategyKind.Shadow => [ShadowFraction],
        _ => [],
    };

    private static Values.SettingType<TimeSpan> Expiry() => SettingTypes.Duration(TimeSpan.FromSeconds(1));

    private Setting<string> Text(string name, string help) => _section.Add(new Setting<string>(SettingTypes.Text)
    {
        Name = name,
        Help = help,
        Fallback = "",
        IsHot = true,
    });
}
