using Fabrik.Server.Auth;
using Fabrik.Server.Auth.Keys;
using Fabrik.Settings.Values;

namespace Fabrik.Settings.Schema;

/// <summary>
/// What tokens are and must say: once for the proxy, and again for each bucket that differs. Every place declares the
/// settings for itself, so that each has keys, flags and origins of its own.
/// </summary>
internal sealed class S3ProxyJwtSettings
{
    /// <summary>Declares the section in another.</summary>
    /// <param name="parent">The section around it.</param>
    /// <param name="help">What it is for.</param>
    public S3ProxyJwtSettings(SettingsSection parent, string help)
    {
        Section = parent.Add(new SettingsSection("jwt", help));
        Algorithm = Section.Add(new Setting<TokenAlgorithm?>(SettingTypes.Optional(SettingTypes.Choice(
            ("HS256", TokenAlgorithm.HS256), ("RS256", TokenAlgorithm.RS256), ("ES256", TokenAlgorithm.ES256))))
        {
            Name = "algorithm",
            Help = "The only algorithm that tokens may be signed with; \"none\" takes that of whichever key fits.",
            IsHot = true,
        });
        Secret = Text("secret", "A secret for HS256 of at least 32 bytes.", isSecret: true);
        SecretFile = File("secret_file", "A file with a secret for HS256. It is read again when it changes.");
        PublicKey = Section.Add(new Setting<string>(SettingTypes.Pem)
        {
            Name = "public_key",
            Help = "A public key in PEM, inline.",
            Fallback = "",
            IsHot = true,
        });
        PublicKeyFile = File(
            "public_key_file", "A PEM file with one or more public keys. It is read again when it changes.");
        PublicKeyDirectory = File(
            "public_key_dir", "A folder of PEM files; the name of each without its extension is its key's `kid`.");
        JwksFile = File("jwks_file", "A file with a JSON Web Key Set. It is read again when it changes.");
        JwksUrl = Section.Add(new Setting<Uri?>(SettingTypes.Url("https", "http"))
        {
            Name = "jwks_url",
            Help = "The address of a JSON Web Key Set, fetched in the background.",
            IsHot = true,
        });
        Issuer = Text("issuer", "The `iss` that a token must have; empty for any.");
        Audience = Section.Add(new Setting<IReadOnlyList<string>>(SettingTypes.TextList)
        {
            Name = "audience",
            Help = "The `aud` values of which a token must have one; empty for any.",
            Fallback = [],
            IsHot = true,
        });
        ClockSkew = Section.Add(new Setting<TimeSpan>(SettingTypes.Duration(TimeSpan.Zero, TimeSpan.FromMinutes(10)))
        {
            Name = "clock_skew",
            Help = "How far the issuer's clock may be off.",
            Fallback = TimeSpan.FromMinutes(1),
            IsHot = true,
        });
        (Sources, SourceType, SourceName, SourcePrefix) = DeclareSources();
        (Claims, Claim, Operator, Value) = DeclareClaims();
    }

    public SettingsSection Section { get; }

    public Setting<TokenAlgorithm?> Algorithm { get; }

    public Setting<string> Secret { get; }

    public Setting<string> SecretFile { get; }

    public Setting<string> PublicKey { get; }

    public Setting<string> PublicKeyFile { get; }

    public Setting<string> PublicKeyDirectory { get; }

    public Setting<string> JwksFile { get; }

    public Setting<Uri?> JwksUrl { get; }

    public Setting<string> Issuer { get; }

    public Setting<IReadOnlyList<string>> Audience { get; }

    public Setting<TimeSpan> ClockSkew { get; }

    /// <summary><c>token_sources</c>.</summary>
    public SettingsSection Sources { get; }

    public Setting<TokenSourceKind> SourceType { get; }

    public Setting<string> SourceName { get; }

    public Setting<string> SourcePrefix { get; }

    /// <summary><c>claims</c>.</summary>
    public SettingsSection Claims { get; }

    public Setting<string> Claim { get; }

    public Setting<ClaimOperator> Operator { get; }

    public Setting<IReadOnlyList<string>> Value { get; }

    /// <summary>The settings of which one has to be there for a token to be verified.</summary>
    public IReadOnlyList<Setting> Keys =>
        [Secret, SecretFile, PublicKey, PublicKeyFile, PublicKeyDirectory, JwksFile, JwksUrl];

    private (SettingsSection, Setting<TokenSourceKind>, Setting<string>, Setting<string>) DeclareSources()
    {
        SettingsSection sources = Section.Add(new SettingsSection(
            "token_sources",
            "Where a token is looked for, in this order: the first place that has one counts. Without any it is "
                + "`Authorization: Bearer`. A token in the query is kept from origin, cache and log.")
        {
            IsArray = true,
            IsHot = true,
        });
        Setting<TokenSourceKind> type = sources.Add(new Setting<TokenSourceKind>(SettingTypes.Choice(
            ("bearer", TokenSourceKind.Bearer), ("query", TokenSourceKind.Query), ("header", TokenSourceKind.Header)))
        {
            Name = "type",
            Help = "`Authorization: Bearer`, a parameter of the query, or a header.",
            IsRequired = true,
            IsHot = true,
        });
        return (sources, type, In(sources, "name", "The parameter or header.", isRequired: false), In(
            sources, "prefix", "What stands before the token in it and is taken off.", isRequired: false));
    }

    private (SettingsSection, Setting<string>, Setting<ClaimOperator>, Setting<IReadOnlyList<string>>) DeclareClaims()
    {
        SettingsSection claims = Section.Add(new SettingsSection(
            "claims", "What a token must say; all of it must hold, or the answer is 403.")
        {
            IsArray = true,
            IsHot = true,
            Aliases = ["claims_verification"],
        });
        Setting<string> claim = In(
            claims, "claim", "The claim; a dot leads into a nested one (`user.role`).", isRequired: true);
        Setting<ClaimOperator> how = claims.Add(new Setting<ClaimOperator>(SettingTypes.Choice(
            ("equals", ClaimOperator.EqualTo),
            ("not_equals", ClaimOperator.NotEqualTo),
            ("contains", ClaimOperator.Contains),
            ("in", ClaimOperator.In),
            ("gt", ClaimOperator.GreaterThan),
            ("gte", ClaimOperator.AtLeast),
            ("lt", ClaimOperator.LessThan),
            ("lte", ClaimOperator.AtMost),
            ("exists", ClaimOperator.Exists)))
        {
            Name = "operator",
            Help = "How it is compared. A claim that is missing meets no rule but `exists` with `false`.",
            Fallback = ClaimOperator.EqualTo,
            IsHot = true,
        });
        Setting<IReadOnlyList<string>> value = claims.Add(new Setting<IReadOnlyList<string>>(new ScalarsType())
        {
            Name = "value",
            Help = "What it is compared with, as the claim's own type; a list for `in`.",
            Fallback = [],
            IsHot = true,
        });
        return (claims, claim, how, value);
    }

    private Setting<string> Text(string name, string help, bool isSecret = false) =>
        Section.Add(new Setting<string>(SettingTypes.Text)
        {
            Name = name,
            Help = help,
            Fallback = "",
            IsSecret = isSecret,
            IsHot = true,
        });

    private Setting<string> File(string name, string help) => Section.Add(new Setting<string>(SettingTypes.Path)
    {
        Name = name,
        Help = help,
        Fallback = "",
        IsHot = true,
    });

    private static Setting<string> In(SettingsSection section, string name, string help, bool isRequired) =>
        section.Add(new Setting<string>(SettingTypes.Text)
        {
            Name = name,
            Help = help,
            Fallback = "",
            IsRequired = isRequired,
            IsHot = true,
        });
}
