using Fabrik.Memcached.Configuration;
using Fabrik.Settings.Values;

namespace Fabrik.Settings.Schema;

/// <summary><c>[memcached_proxy.routes.&lt;name&gt;]</c>: which requests go where.</summary>
internal static class MemcachedRouteSettings
{
    /// <summary>The commands that routes tell apart.</summary>
    public static readonly IReadOnlyList<string> CommandNames =
    [
        "get", "gets", "gat", "gats", "mg", "me", "set", "add", "replace", "append", "prepend", "cas", "ms", "incr",
        "decr", "ma", "touch", "delete", "md",
    ];

    private static readonly IReadOnlyList<string> GroupNames = ["read", "write", "arithmetic", "meta"];

    public static readonly SettingsSection Section = new(
        "routes", "Which requests go where. Routes are tried in the order of the file; the first that matches counts.")
    {
        IsMap = true,
        IsHot = true,
    };

    public static readonly Setting<string> Matcher = Section.Add(new Setting<string>(SettingTypes.Text)
    {
        Name = "matcher",
        Help = "Which keys: a text (`user:1`), a prefix (`user:*`), a glob (`user:?:*`), or a regular expression "
            + "(`/^user:[0-9]+$/`).",
        Fallback = "*",
        IsHot = true,
    });

    public static readonly Setting<IReadOnlyList<string>> Commands = Section.Add(
        new Setting<IReadOnlyList<string>>(CommandList())
        {
            Name = "commands",
            Help = "Which commands, by their names in the text protocol, or `read`, `write`, `arithmetic` or `meta` "
                + "for all such; empty for all.",
            Fallback = [],
            IsHot = true,
        });

    public static readonly Setting<string> Hint = Section.Add(new Setting<string>(SettingTypes.Text)
    {
        Name = "hint",
        Help = "Takes only meta commands that have this flag: `P` or `L`, which servers ignore, and 1 to 32 characters "
            + "(`Peu`). Empty to take commands whatever their flags are.",
        Fallback = "",
        IsHot = true,
    });

    public static readonly Setting<StrategyKind> Kind = Section.Add(new Setting<StrategyKind>(
        SettingTypes.Choice([.. MemcachedStrategySettings.Kinds]))
    {
        Name = "strategy",
        Help = "How they are sent to the backends.",
        Fallback = StrategyKind.BlindForward,
        IsHot = true,
    });

    public static readonly MemcachedStrategySettings Strategy = new(Section);

    public static readonly MemcachedHashSettings Hash = new(Section);

    public static readonly Setting<IReadOnlyList<string>> SideEffects = Section.Add(
        new Setting<IReadOnlyList<string>>(SettingTypes.TextList)
        {
            Name = "side_effects",
            Help = "What happens besides, by the names in `memcached_proxy.side_effects`.",
            Fallback = [],
            IsHot = true,
        });

    public static readonly Setting<PartialFailure> PartialFailure = Section.Add(new Setting<PartialFailure>(
        SettingTypes.Choice(
            ("miss", Fabrik.Memcached.Configuration.PartialFailure.Miss),
            ("error", Fabrik.Memcached.Configuration.PartialFailure.Error)))
    {
        Name = "partial_failure",
        Help = "What a retrieval of several keys says of those whose server failed: \"miss\" that there are none (but "
            + "for `gets` and `gats`), \"error\" answers all of it with the error.",
        Fallback = Fabrik.Memcached.Configuration.PartialFailure.Miss,
        IsHot = true,
    });

    public static readonly Setting<double> LogFraction = Section.Add(new Setting<double>(SettingTypes.Fraction)
    {
        Name = "log_fraction",
        Help = "The share of requests whose way is logged.",
        Fallback = 0,
        IsHot = true,
    });

    /// <summary>A list of commands, and of groups of them.</summary>
    public static SettingType<IReadOnlyList<string>> CommandList() => new ListType<string>(
        SettingTypes.Choice([.. CommandNames.Concat(GroupNames).Select(name => (name, name))]));
}
