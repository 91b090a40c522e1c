using System.Globalization;
using Fabrik.Server.Auth;
using Fabrik.Server.Auth.Keys;

namespace Fabrik.Settings.Schema;

/// <summary>What has to hold between the settings of tokens.</summary>
internal static class S3ProxyJwtRules
{
    /// <summary>All that is wrong.</summary>
    /// <param name="place">Where the settings are.</param>
    /// <param name="jwt">The settings.</param>
    /// <param name="around">The proxy's, which hold where a bucket has none of its own.</param>
    /// <param name="isUsed">Whether tokens are asked for by them.</param>
    public static IEnumerable<SettingError> Check(
        S3ProxyPlace place, S3ProxyJwtSettings jwt, S3ProxyPlace? around, bool isUsed)
    {
        IEnumerable<SettingError> own = Sources(place, jwt).Concat(Claims(place, jwt));
        bool hasKeys = jwt.Keys.Any(key => HasValue(place, key));
        if (isUsed && !hasKeys && around is not null && !S3ProxySettings.Jwt.Keys.Any(key => HasValue(around, key)))
        {
            string names = string.Join(", ", S3ProxySettings.Jwt.Keys.Select(key => key.Name));
            own = own.Append(place.Error(
                S3ProxyBucketSettings.AuthEnabled,
                $"expected one of {names} in {S3ProxySettings.Jwt.Section.Path}, or in the bucket's own, found none"));
        }

        return hasKeys && Mismatch(place, jwt) is { } mismatch ? own.Append(mismatch) : own;
    }

    private static SettingError? Mismatch(S3ProxyPlace place, S3ProxyJwtSettings jwt)
    {
        bool isSet = HasValue(place, jwt.JwksFile);
        bool hasSecret = isSet || HasValue(place, jwt.Secret) || HasValue(place, jwt.SecretFile);
        bool hasPublic = isSet || HasValue(place, jwt.PublicKey) || HasValue(place, jwt.PublicKeyFile)
            || HasValue(place, jwt.PublicKeyDirectory) || HasValue(place, jwt.JwksUrl);
        return place.Settings.Get(jwt.Algorithm) switch
        {
            TokenAlgorithm.HS256 when !hasSecret =>
                place.Error(jwt.Algorithm, "HS256 expects secret, secret_file or jwks_file, found public keys only"),
            TokenAlgorithm.RS256 or TokenAlgorithm.ES256 when !hasPublic =>
                place.Error(jwt.Algorithm, "expected a public key, found a secret only, which is for HS256"),
            _ => null,
        };
    }

    private static IEnumerable<SettingError> Sources(S3ProxyPlace place, S3ProxyJwtSettings jwt)
    {
        foreach (S3ProxyPlace source in place.Items(jwt.Sources))
        {
            string name = source.Settings.Get(jwt.SourceName);
            bool isBearer = source.Settings.Get(jwt.SourceType) == TokenSourceKind.Bearer;
            if (!isBearer && (name.Length == 0 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && !"-_.~".Contains(c))))
            {
                yield return source.Error(
                    jwt.SourceName, $"expected a name of letters, digits, \"-\" and \"_\", found \"{name}\"");
            }
        }
    }

    private static IEnumerable<SettingError> Claims(S3ProxyPlace place, S3ProxyJwtSettings jwt)
    {
        foreach (S3ProxyPlace claim in place.Items(jwt.Claims))
        {
            IReadOnlyList<string> values = claim.Settings.Get(jwt.Value);
            string? expected = claim.Settings.Get(jwt.Operator) switch
            {
                ClaimOperator.In => values.Count > 0 ? null : "one value or more",
                ClaimOperator.Exists => values is [] or ["true"] or ["false"] ? null : "true, false or nothing",
                ClaimOperator.EqualTo or ClaimOperator.NotEqualTo or ClaimOperator.Contains =>
                    values.Count == 1 ? null : "one value",
                _ => values is [string number] && IsNumber(number) ? null : "one number",
            };
            if (expected is not null)
            {
                yield return claim.Error(jwt.Value, $"expected {expected}, found {Shown(values)}");
            }
        }
    }

    private static bool IsNumber(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
        && double.IsFinite(number);

    private static string Shown(IReadOnlyList<string> values) => values switch
    {
        [] => "nothing",
        [string single] => $"\"{single}\"",
        _ => string.Create(CultureInfo.InvariantCulture, $"{values.Count} values"),
    };

    private static bool HasValue(S3ProxyPlace place, Setting setting) => setting switch
    {
        Setting<string> text => place.Settings.Get(text).Length > 0,
        Setting<Uri?> url => place.Settings.Get(url) is not null,
        _ => false,
    };
}
