using Fabrik.Memcached.Configuration;
using Fabrik.Settings.Values;

namespace Fabrik.Settings.Schema;

/// <summary><c>[memcached_proxy.backends.&lt;name&gt;.connection]</c>: how servers are spoken to.</summary>
internal sealed class MemcachedConnectionSettings
{
    private static readonly ConnectionOptions Defaults = new();
    private static readonly TimeSpan MinTimeout = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan MaxTimeout = TimeSpan.FromMinutes(10);

    /// <summary>Declares the settings.</summary>
    public MemcachedConnectionSettings(SettingsSection parent)
    {
        Section = parent.Add(new SettingsSection("connection", "How servers are spoken to."));
        ConnectTimeout = Span(
            "connect_timeout", "How long a connection may take to come about.", Defaults.ConnectTimeout, MinTimeout);
        ReplyTimeout = Span("reply_timeout", "How long an answer may take.", Defaults.ReplyTimeout, MinTimeout);
        PerLoop = Section.Add(new Setting<int>(SettingTypes.Integer(1, 64))
        {
            Name = "per_thread",
            Help = "Connections of each thread to each server. They are pipelined: one does unless values are large.",
            Fallback = Defaults.PerLoop,
            IsHot = true,
        });
        MaxPending = Section.Add(new Setting<int>(SettingTypes.Integer(1, 1 << 20))
        {
            Name = "max_pending",
            Help = "Requests that may wait on a connection; further ones fail at once.",
            Fallback = Defaults.MaxPending,
            IsHot = true,
        });
        MaxUnsent = Section.Add(new Setting<ByteSize>(SettingTypes.Size(ByteSize.KiB(64), ByteSize.GiB(1)))
        {
            Name = "max_unsent",
            Help = "Bytes that may wait to be sent on a connection; further requests fail at once.",
            Fallback = new ByteSize(Defaults.MaxUnsent),
            IsHot = true,
        });
        IdleTimeout = Span(
            "idle_timeout", "How long a connection may be unused; 0 for ever.", Defaults.IdleTimeout, TimeSpan.Zero);
        MaxLifetime = Span(
            "max_lifetime", "How long a connection lives; 0 for ever.", Defaults.MaxLifetime, TimeSpan.Zero);
        Tls = Section.Add(new Setting<bool>(SettingTypes.Boolean)
        {
            Name = "tls",
            Help = "Whether connections are encrypted.",
            IsHot = true,
        });
        TlsServerName = Text(
            "tls_server_name", "The name that a server's certificate must have; empty for the host that is asked.");
        TlsAuthorityFile = Section.Add(new Setting<string>(SettingTypes.Path)
        {
            Name = "tls_ca_file",
            Help = "A PEM file with the authorities that certificates may come from; empty for the system's.",
            Fallback = "",
            IsHot = true,
        });
        User = Text("user", "The user that is shown to servers, by SASL PLAIN or a first `set`; empty for none.");
        Password = Section.Add(new Setting<string>(SettingTypes.Text)
        {
            Name = "password",
            Help = "The password that belongs to `user`.",
            Fallback = "",
            IsSecret = true,
            IsHot = true,
        });
    }

    public SettingsSection Section { get; }

    public Setting<TimeSpan> ConnectTimeout { get; }

    public Setting<TimeSpan> ReplyTimeout { get; }

    public Setting<int> PerLoop { get; }

    public Setting<int> MaxPending { get; }

    public Setting<ByteSize> MaxUnsent { get; }

    public Setting<TimeSpan> IdleTimeout { get; }

    public Setting<TimeSpan> MaxLifetime { get; }

    public Setting<bool> Tls { get; }

    public Setting<string> TlsServerName { get; }

    public Setting<string> TlsAuthorityFile { get; }

    public Setting<string> User { get; }

    public Setting<string> Password { get; }

    private Setting<TimeSpan> Span(string name, string help, TimeSpan fallback, TimeSpan min) =>
        Section.Add(new Setting<TimeSpan>(SettingTypes.Duration(min, min > TimeSpan.Zero ? MaxTimeout : null))
        {
            Name = name,
            Help = help,
            Fallback = fallback,
            IsHot = true,
        });

    private Setting<string> Text(string name, string help) => Section.Add(new Setting<string>(SettingTypes.Text)
    {
        Name = name,
        Help = help,
        Fallback = "",
        IsHot = true,
    });
}
