using System.Security.Cryptography;
using System.Text;
using Fabrik.Settings;
using Fabrik.Settings.Schema;

namespace Fabrik.Activation;

/// <summary>
/// Which daemon goes with a configuration: 16 hexadecimal digits of the SHA-256 of the configuration file. The same
/// file, wherever it lies, has the same daemon; a file that changes gets a new one. What flags and variables set
/// belongs to the configuration too, except for the log: a shell that wants more of it does not want another daemon.
/// </summary>
internal static class DaemonId
{
    private const int Length = 16;

    /// <summary>The id for settings.</summary>
    public static string Of(EffectiveSettings settings)
    {
        StringBuilder overrides = new();
        foreach (Setting setting in settings.Settings.Where(IsOfTheDaemon))
        {
            Origin origin = settings.OriginOf(setting);
            if (origin.Kind is OriginKind.CommandLine or OriginKind.Environment)
            {
                overrides.Append(setting.Key).Append('=').Append(settings.ValueOf(setting).ToToml()).Append('\n');
            }
        }

        // With nothing overridden this is the digest of the file itself, which a shell can compute.
        if (overrides.Length == 0 && settings.FileDigest.Length > 0)
        {
            return settings.FileDigest[..Length];
        }

        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{settings.FileDigest}\n{overrides}"));
        return Convert.ToHexStringLower(hash)[..Length];
    }

    private static bool IsOfTheDaemon(Setting setting) =>
        setting != ObservabilitySettings.LogLevel && setting != ObservabilitySettings.LogFormat;

    /// <summary>Whether text has the form of an id: only such folders are looked at.</summary>
    public static bool IsId(string text) => text.Length == Length && text.All(char.IsAsciiHexDigitLower);
}
