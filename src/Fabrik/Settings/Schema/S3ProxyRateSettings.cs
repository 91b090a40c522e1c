namespace Fabrik.Settings.Schema;

/// <summary><c>rate_limit</c>: how many requests are let through, for all clients together and for each.</summary>
internal sealed class S3ProxyRateSettings
{
    public S3ProxyRateSettings(SettingsSection parent, string help)
    {
        Section = parent.Add(new SettingsSection("rate_limit", help));
        Rate = Number("requests_per_second", "Requests per second of all clients together.");
        Burst = Number("burst", "How many may come at once; \"none\" for one second's worth.");
        ClientRate = Number(
            "per_client_requests_per_second",
            "Requests per second of each client: a token's subject, or else an address.");
        ClientBurst = Number("per_client_burst", "How many of one may come at once; \"none\" for one second's worth.");
        ClientConnections = Number("per_client_connections", "Requests of one client at a time.");
    }

    public SettingsSection Section { get; }

    public Setting<int?> Rate { get; }

    public Setting<int?> Burst { get; }

    public Setting<int?> ClientRate { get; }

    public Setting<int?> ClientBurst { get; }

    public Setting<int?> ClientConnections { get; }

    private Setting<int?> Number(string name, string help) => Section.Add(new Setting<int?>(
        SettingTypes.Optional(SettingTypes.Integer(1, 1_000_000)))
    {
        Name = name,
        Help = help,
        IsHot = true,
    });
}
