using Fabrik.Cache.Eviction;
using Fabrik.Settings.Values;

namespace Fabrik.Settings.Schema;

/// <summary>What has to hold between settings that are each right. A rule gives all errors that it finds.</summary>
internal static class SettingsRules
{
    private static readonly Func<EffectiveSettings, SettingError?>[] Single =
    [
        AuthHasKeys, ApiAuthHasKeys, OneEncryptionKey, TtlPolicyHasTtl, ArtifactFitsStore,
        FabrikSettings.Certificate.Check, BuildToolsSettings.BazelCertificate.Check, S3Settings.Certificate.Check,
        S3ProxySettings.Certificate.Check, S3HasBucket,
    ];

    public static IReadOnlyList<Func<EffectiveSettings, IEnumerable<SettingError>>> All { get; } =
    [
        settings => Single.Select(rule => rule(settings)).OfType<SettingError>(), UpstreamRules.Check,
        S3Rules.Check, S3ProxyRules.Check, MemcachedProxyRules.Check,
    ];

    private static SettingError? AuthHasKeys(EffectiveSettings settings) =>
        settings.Get(AuthSettings.Required) && !HasKeys(settings)
            ? Error(settings, AuthSettings.Required, NoKeys)
            : null;

    private static SettingError? ApiAuthHasKeys(EffectiveSettings settings) =>
        settings.Get(ObservabilitySettings.ApiAuthRequired) is true && !HasKeys(settings)
            ? Error(settings, ObservabilitySettings.ApiAuthRequired, NoKeys)
            : null;

    private static SettingError? OneEncryptionKey(EffectiveSettings settings) =>
        settings.Get(CacheSettings.EncryptionKeyFile).Length > 0
        && settings.Get(CacheSettings.EncryptionKeyVariable).Length > 0
            ? Error(
                settings,
                CacheSettings.EncryptionKeyVariable,
                $"expected only one of it and {CacheSettings.EncryptionKeyFile.Key}, found both")
            : null;

    private static SettingError? TtlPolicyHasTtl(EffectiveSettings settings) =>
        settings.Get(CacheSettings.Eviction) == EvictionPolicyKind.Ttl && settings.Get(CacheSettings.DefaultTtl) is null
            ? Error(settings, CacheSettings.Eviction, $"\"ttl\" expects {CacheSettings.DefaultTtl.Key} to be set")
            : null;

    // Only where somebody asked for it: a small store with the default limit simply takes what fits.
    private static SettingError? ArtifactFitsStore(EffectiveSettings settings)
    {
        ByteSize store = settings.Get(CacheSettings.MaxSize);
        ByteSize artifact = settings.Get(CacheSettings.MaxArtifactSize);
        return settings.IsSet(CacheSettings.MaxArtifactSize) && artifact > store
            ? Error(
                settings,
                CacheSettings.MaxArtifactSize,
                $"expected at most {CacheSettings.MaxSize.Key} ({store}), found {artifact}")
            : null;
    }

    private static SettingError? S3HasBucket(EffectiveSettings settings) =>
        settings.Get(CacheSettings.StorageBackend) == StorageBackend.S3
        && !settings.Items(UpstreamSettings.Section).Any(UpstreamRules.IsWritableBucket)
            ? Error(
                settings,
                CacheSettings.StorageBackend,
                "\"s3\" expects an upstream whose url begins with s3:// or gs:// and that is not read_only")
            : null;

    private const string NoKeys =
        "expected one of auth.public_key, auth.public_key_file, auth.public_key_dir, auth.jwks_url or auth.jwks_file "
        + "to be set too, found none";

    private static bool HasKeys(EffectiveSettings settings) =>
        settings.Get(AuthSettings.PublicKey).Length > 0
        || settings.Get(AuthSettings.PublicKeyFile).Length > 0
        || settings.Get(AuthSettings.PublicKeyDirectory).Length > 0
        || settings.Get(AuthSettings.JwksUrl) is not null
        || settings.Get(AuthSettings.JwksFile).Length > 0;

    private static SettingError Error(EffectiveSettings settings, Setting setting, string problem) =>
        new(settings.OriginOf(setting), setting.Key, problem);
}
