using Fabrik.Settings.Values;

namespace Fabrik.Settings.Schema;

/// <summary><c>[memcached_proxy.listeners.&lt;name&gt;]</c>: where clients come in.</summary>
internal static class MemcachedListenerSettings
{
    public static readonly SettingsSection Section = new(
        "listeners", "An address that clients of memcached connect to.")
    {
        IsMap = true,
        IsHot = true,
    };

    public static readonly Setting<BindAddress> Bind = Section.Add(new Setting<BindAddress>(SettingTypes.Bind)
    {
        Name = "bind",
        Help = "Where it listens.",
        Fallback = BindAddress.Tcp("127.0.0.1", 11211),
        IsRequired = true,
        IsHot = true,
    });

    public static readonly CertificateSettings Certificate = new(
        Section, "the certificate of this listener", "serves without TLS");

    public static readonly Setting<string> User = Section.Add(new Setting<string>(SettingTypes.Text)
    {
        Name = "user",
        Help = "The user that clients must show, by SASL PLAIN or by a first `set`; empty lets everybody in.",
        Fallback = "",
    });

    public static readonly Setting<string> Password = Section.Add(new Setting<string>(SettingTypes.Text)
    {
        Name = "password",
        Help = "The password that belongs to `user`.",
        Fallback = "",
        IsSecret = true,
    });
}
