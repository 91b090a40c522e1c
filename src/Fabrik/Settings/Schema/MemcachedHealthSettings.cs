using Fabrik.Memcached.Configuration;

namespace Fabrik.Settings.Schema;

/// <summary><c>[memcached_proxy.backends.&lt;name&gt;.health]</c>: when a server is taken for dead.</summary>
internal sealed class MemcachedHealthSettings
{
    private static readonly HealthOptions Defaults = new();
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);

    /// <summary>Declares the settings.</summary>
    public MemcachedHealthSettings(SettingsSection parent)
    {
        Section = parent.Add(new SettingsSection(
            "health", "When a server is taken for dead, and what becomes of its keys."));
        ProbeInterval = Span(
            "probe_interval",
            "How often a server is asked for its version; 0 for never.",
            Defaults.ProbeInterval,
            TimeSpan.Zero);
        ProbeTimeout = Span("probe_timeout", "How long the answer to that may take.", Defaults.ProbeTimeout, Shortest);
        FailureLimit = Section.Add(new Setting<int>(SettingTypes.Integer(1, 1000))
        {
            Name = "failure_limit",
            Help = "Failures in a row after which a server is dead.",
            Fallback = Defaults.FailureLimit,
            IsHot = true,
        });
        RetryInterval = Span(
            "retry_interval",
            "How long a dead server is left alone, at first; each time twice as long, up to a minute.",
            Defaults.RetryInterval,
            Shortest);
        WhenDead = Section.Add(new Setting<DeadServerPolicy>(SettingTypes.Choice(
            ("keep", DeadServerPolicy.KeepInRing),
            ("rehash", DeadServerPolicy.Rehash),
            ("gutter", DeadServerPolicy.Gutter)))
        {
            Name = "when_dead",
            Help = "What becomes of the keys of a dead server: \"keep\" lets requests for them fail at once, "
                + "\"rehash\" gives them to the other servers, \"gutter\" to another backend for a short life.",
            Fallback = Defaults.WhenDead,
            IsHot = true,
        });
        Gutter = Section.Add(new Setting<string>(SettingTypes.Text)
        {
            Name = "gutter",
            Help = "The backend that takes them, with `when_dead = \"gutter\"`.",
            Fallback = "",
            IsHot = true,
        });
        GutterExpiry = Span(
            "gutter_expiry",
            "How long values live in the gutter at most.",
            Defaults.GutterExpiry,
            TimeSpan.FromSeconds(1));
    }

    public SettingsSection Section { get; }

    public Setting<TimeSpan> ProbeInterval { get; }

    public Setting<TimeSpan> ProbeTimeout { get; }

    public Setting<int> FailureLimit { get; }

    public Setting<TimeSpan> RetryInterval { get; }

    public Setting<DeadServerPolicy> WhenDead { get; }

    public Setting<string> Gutter { get; }

    public Setting<TimeSpan> GutterExpiry { get; }

    private Setting<TimeSpan> Span(string name, string help, TimeSpan fallback, TimeSpan min) =>
        Section.Add(new Setting<TimeSpan>(SettingTypes.Duration(min, TimeSpan.FromDays(1)))
        {
            Name = name,
            Help = help,
            Fallback = fallback,
            IsHot = true,
        });
}
