using Fabrik.Settings.Values;

namespace Fabrik.Settings.Schema;

/// <summary><c>[fabrik]</c>: the Fabrik protocol, which other Fabriks speak to this one.</summary>
internal static class FabrikSettings
{
    public static readonly SettingsSection Section = new(
        "fabrik", "The Fabrik protocol (gRPC), by which this process is the upstream of others.");

    public static readonly Setting<bool> Enabled = Section.Add(new Setting<bool>(SettingTypes.Boolean)
    {
        Name = "enabled",
        Help = "Whether it is served.",
    });

    public static readonly Setting<BindAddress> Bind = Section.Add(new Setting<BindAddress>(SettingTypes.Bind)
    {
        Name = "bind",
        Help = "Where it is served.",
        Fallback = BindAddress.Tcp("0.0.0.0", 7070),
    });

    public static readonly CertificateSettings Certificate = new(
        Section, "this server's certificate", "serves without TLS (`grpc://`)");
}
