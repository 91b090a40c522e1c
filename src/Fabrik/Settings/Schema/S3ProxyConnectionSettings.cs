namespace Fabrik.Settings.Schema;

/// <summary><c>[s3_proxy.origin]</c>: how origins are asked.</summary>
internal sealed class S3ProxyConnectionSettings
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);

    public S3ProxyConnectionSettings(SettingsSection parent)
    {
        Section = parent.Add(new SettingsSection("origin", "How buckets and other origins are asked."));
        ConnectTimeout = Span("connect_timeout", "How long a connection may take to be made.", 2);
        AnswerTimeout = Span("answer_timeout", "How long an answer may take to begin.", 10);
        IdleTimeout = Span("idle_timeout", "How long a body may pause.", 30);
        Retries = Number("retries", "Further tries of a request that failed before its answer began.", 2, 10);
        MaxConnections = Number("max_connections", "Connections to each origin at most.", 256, 10_000);
        BreakerFailures = Number(
            "breaker_failures",
            "Failures in a row after which an origin is left alone; of an `http_origin` only what is no answer is one.",
            5,
            1000);
        BreakerCooldown = Span("breaker_cooldown", "For how long it is, before it is tried again.", 10);
        HealthInterval = Section.Add(new Setting<TimeSpan?>(SettingTypes.Optional(
            SettingTypes.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromHours(1))))
        {
            Name = "health_interval",
            Help = "How often origins with replicas are looked after; \"none\" for never.",
            Fallback = TimeSpan.FromSeconds(10),
            IsHot = true,
        });
        HedgeAfter = Section.Add(new Setting<TimeSpan?>(SettingTypes.Optional(
            SettingTypes.Duration(Shortest, TimeSpan.FromMinutes(1))))
        {
            Name = "hedge_after",
            Help = "How long a replica may take for the head of an answer until the next is asked besides, for at most "
                + "one request in twenty: the time within which most are answered; \"none\" asks one at a time.",
            IsHot = true,
        });
    }

    public SettingsSection Section { get; }

    public Setting<TimeSpan> ConnectTimeout { get; }

    public Setting<TimeSpan> AnswerTimeout { get; }

    public Setting<TimeSpan> IdleTimeout { get; }

    public Setting<int> Retries { get; }

    public Setting<int> MaxConnections { get; }

    public Setting<int> BreakerFailures { get; }

    public Setting<TimeSpan> BreakerCooldown { get; }

    public Setting<TimeSpan?> HealthInterval { get; }

    public Setting<TimeSpan?> HedgeAfter { get; }

    private Setting<TimeSpan> Span(string name, string help, int seconds) => Section.Add(new Setting<TimeSpan>(
        SettingTypes.Duration(Shortest, TimeSpan.FromHours(1)))
    {
        Name = name,
        Help = help,
        Fallback = TimeSpan.FromSeconds(seconds),
        IsHot = true,
    });

    private Setting<int> Number(string name, string help, int fallback, int max) => Section.Add(new Setting<int>(
        SettingTypes.Integer(0, max))
    {
        Name = name,
        Help = help,
        Fallback = fallback,
        IsHot = true,
    });
}
