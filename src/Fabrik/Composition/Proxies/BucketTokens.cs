using Fabrik.Server.Auth;
using Fabrik.Settings;
using Fabrik.Settings.Schema;

namespace Fabrik.Composition.Proxies;

/// <summary>What tokens for a bucket are and must say: what it sets, and of the proxy's what it does not.</summary>
internal static class BucketTokens
{
    private static readonly IReadOnlyList<TokenSource> Default = [new(TokenSourceKind.Bearer)];

    /// <summary>For the buckets that set nothing of their own.</summary>
    public static AuthOptions Shared(EffectiveSettings settings) =>
        Of(settings, S3ProxySettings.Jwt, new AuthOptions { Section = S3ProxySettings.Jwt.Section.Path });

    /// <summary>Whether a bucket sets anything of its own.</summary>
    public static bool HasOwn(EffectiveSettings bucket)
    {
        S3ProxyJwtSettings jwt = S3ProxyBucketSettings.Jwt;
        return jwt.Section.Settings.Any(bucket.IsSet)
            || bucket.Items(jwt.Sources).Count > 0
            || bucket.Items(jwt.Claims).Count > 0;
    }

    /// <summary>For a bucket that does.</summary>
    public static AuthOptions Own(EffectiveSettings bucket, AuthOptions shared) =>
        Of(bucket, S3ProxyBucketSettings.Jwt, shared);

    private static AuthOptions Of(EffectiveSettings settings, S3ProxyJwtSettings jwt, AuthOptions around)
    {
        AuthOptions keys = jwt.Keys.Any(settings.IsSet) ? Keys(settings, jwt) : around;
        return keys with
        {
            Algorithm = settings.IsSet(jwt.Algorithm) ? settings.Get(jwt.Algorithm) : around.Algorithm,
            Issuer = settings.IsSet(jwt.Issuer) ? settings.Get(jwt.Issuer) : around.Issuer,
            Audience = settings.IsSet(jwt.Audience) ? settings.Get(jwt.Audience) : around.Audience,
            ClockSkew = settings.IsSet(jwt.ClockSkew) ? settings.Get(jwt.ClockSkew) : around.ClockSkew,
            TokenSources = Sources(settings, jwt) is { Count: > 0 } sources ? sources
                : around.TokenSources.Count > 0 ? around.TokenSources
                : Default,
            Conditions = Conditions(settings, jwt) is { Count: > 0 } conditions ? conditions : around.Conditions,
        };
    }

    // One key here replaces all of the proxy's: who signs for one bucket need not sign for another.
    private static AuthOptions Keys(EffectiveSettings settings, S3ProxyJwtSettings jwt) => new()
    {
        Section = jwt.Section.Path,
        Secret = settings.Get(jwt.Secret),
        SecretFile = settings.Get(jwt.SecretFile),
        PublicKey = settings.Get(jwt.PublicKey),
        PublicKeyFile = settings.Get(jwt.PublicKeyFile),
        PublicKeyDirectory = settings.Get(jwt.PublicKeyDirectory),
        JwksFile = settings.Get(jwt.JwksFile),
        JwksUrl = settings.Get(jwt.JwksUrl),
    };

    private static List<TokenSource> Sources(EffectiveSettings settings, S3ProxyJwtSettings jwt) =>
    [
        .. settings.Items(jwt.Sources).Select(
            source => new TokenSource(source.Get(jwt.SourceType), source.Get(jwt.SourceName))
            {
                Prefix = source.Get(jwt.SourcePrefix),
            }),
    ];

    private static List<ClaimCondition> Conditions(EffectiveSettings settings, S3ProxyJwtSettings jwt) =>
    [
        .. settings.Items(jwt.Claims).Select(
            claim => new ClaimCondition(claim.Get(jwt.Claim), claim.Get(jwt.Operator), claim.Get(jwt.Value))),
    ];
}
