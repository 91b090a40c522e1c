namespace Fabrik.Settings.Schema;

/// <summary><c>tls_cert_file</c> and <c>tls_key_file</c>: what a listener is served with over TLS.</summary>
internal sealed class CertificateSettings
{
    /// <summary>Declares both in the section of a listener.</summary>
    /// <param name="section">The section.</param>
    /// <param name="whose">Whose certificate it is, as in "the certificate of gRPC".</param>
    /// <param name="without">What an empty setting does, as in "serves without TLS".</param>
    public CertificateSettings(SettingsSection section, string whose, string without)
    {
        File = section.Add(new Setting<string>(SettingTypes.Path)
        {
            Name = "tls_cert_file",
            Help = $"A PEM file with {whose} and its chain; empty {without}.",
            Fallback = "",
        });
        KeyFile = section.Add(new Setting<string>(SettingTypes.Path)
        {
            Name = "tls_key_file",
            Help = "A PEM file with the certificate's private key.",
            Fallback = "",
        });
    }

    /// <summary>The certificate with its chain; empty for none.</summary>
    public Setting<string> File { get; }

    /// <summary>Its private key.</summary>
    public Setting<string> KeyFile { get; }

    /// <summary>What is wrong with the two beside each other.</summary>
    public SettingError? Check(EffectiveSettings settings) =>
        (settings.Get(File).Length > 0) != (settings.Get(KeyFile).Length > 0)
            ? new SettingError(
                settings.OriginOf(File), File.Key, $"expected both it and {KeyFile.Key}, found one of them")
            : null;
}
