using Fabrik.Server.Auth;
using Fabrik.Settings.Values;

namespace Fabrik.Settings.Schema;

/// <summary><c>[auth]</c>: who may use the caches.</summary>
internal static class AuthSettings
{
    public static readonly SettingsSection Section = new(
        "auth", "Who may use the caches: JSON Web Tokens, verified locally.");

    public static readonly Setting<bool> Required = Section.Add(new Setting<bool>(SettingTypes.Boolean)
    {
        Name = "required",
        Help = "Whether every request needs a valid token. Needs at least one source of public keys.",
    });

    public static readonly Setting<string> PublicKey = Section.Add(new Setting<string>(SettingTypes.Pem)
    {
        Name = "public_key",
        Help = "A public key in PEM, inline.",
        Fallback = "",
        IsHot = true,
    });

    public static readonly Setting<string> PublicKeyFile = Section.Add(new Setting<string>(SettingTypes.Path)
    {
        Name = "public_key_file",
        Help = "A PEM file with one or more public keys. It is read again when it changes.",
        Fallback = "",
        IsHot = true,
    });

    public static readonly Setting<string> PublicKeyDirectory = Section.Add(new Setting<string>(SettingTypes.Path)
    {
        Name = "public_key_dir",
        Help = "A folder of PEM files; the name of each without its extension is its key's `kid`.",
        Fallback = "",
        IsHot = true,
    });

    public static readonly Setting<Uri?> JwksUrl = Section.Add(new Setting<Uri?>(SettingTypes.Url("https", "http"))
    {
        Name = "jwks_url",
        Help = "The address of a JSON Web Key Set, fetched in the background.",
        IsHot = true,
    });

    public static readonly Setting<string> JwksFile = Section.Add(new Setting<string>(SettingTypes.Path)
    {
        Name = "jwks_file",
        Help = "A file with a JSON Web Key Set. It is read again when it changes.",
        Fallback = "",
        IsHot = true,
    });

    public static readonly Setting<TimeSpan> KeyRefreshInterval = Section.Add(new Setting<TimeSpan>(
        SettingTypes.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)))
    {
        Name = "key_refresh_interval",
        Help = "How often keys are read again from files and URLs.",
        Fallback = TimeSpan.FromMinutes(5),
        IsHot = true,
    });

    public static readonly Setting<string> Issuer = Section.Add(new Setting<string>(SettingTypes.Text)
    {
        Name = "issuer",
        Help = "The `iss` that a token must have; empty for any.",
        Fallback = "",
        IsHot = true,
    });

    public static readonly Setting<IReadOnlyList<string>> Audience = Section.Add(
        new Setting<IReadOnlyList<string>>(SettingTypes.TextList)
        {
            Name = "audience",
            Help = "The `aud` values of which a token must have one; empty for any.",
            Fallback = [],
            IsHot = true,
        });

    public static readonly Setting<TimeSpan> ClockSkew = Section.Add(new Setting<TimeSpan>(
        SettingTypes.Duration(TimeSpan.Zero, TimeSpan.FromMinutes(10)))
    {
        Name = "clock_skew",
        Help = "How far the issuer's clock may be off.",
        Fallback = TimeSpan.FromMinutes(1),
        IsHot = true,
    });

    public static readonly Setting<string> TenantClaim = Section.Add(new Setting<string>(SettingTypes.Text)
    {
        Name = "tenant_claim",
        Help = "The claim that tells tenants apart (`sub`, `project_id`). Tenants see nothing of each other; empty "
            + "for one tenant.",
        Fallback = "",
    });

    public static readonly Setting<string> WriteScopeClaim = Section.Add(new Setting<string>(SettingTypes.Text)
    {
        Name = "write_scope_claim",
        Help = "The claim with the trust scope (branch, pull request) that a token writes to; empty for one scope.",
        Fallback = "",
    });

    public static readonly Setting<string> ReadScopesClaim = Section.Add(new Setting<string>(SettingTypes.Text)
    {
        Name = "read_scopes_claim",
        Help = "The claim with the trust scopes that a token reads from, in order; empty for its own and the "
            + "default one.",
        Fallback = "",
    });

    public static readonly Setting<IReadOnlyList<Permissions>> DefaultPermissions = Section.Add(
        new Setting<IReadOnlyList<Permissions>>(new ListType<Permissions>(new ChoiceType<Permissions>(
            [.. PermissionNames.All.Select(permission => (permission.Key, permission.Value))])))
        {
            Name = "default_permissions",
            Help = "What a token may do that has neither a `permissions` nor a `scope` claim, as the identity tokens of "
                + "CI systems have none. Use it with `issuer` and `audience`.",
            Fallback = [],
            IsHot = true,
        });

    public static readonly Setting<ByteSize> MaxTokenSize = Section.Add(new Setting<ByteSize>(
        SettingTypes.Size(new ByteSize(256), ByteSize.KiB(64)))
    {
        Name = "max_token_size",
        Help = "The longest token that is looked at.",
        Fallback = ByteSize.KiB(8),
    });

    public static readonly Setting<string> Token = Section.Add(new Setting<string>(SettingTypes.Text)
    {
        Name = "token",
        Help = "The token that this instance shows to its upstreams.",
        Fallback = "",
        IsSecret = true,
        StandardVariables = ["FABRIK_TOKEN"],
    });

    public static readonly Setting<string> TokenFile = Section.Add(new Setting<string>(SettingTypes.Path)
    {
        Name = "token_file",
        Help = "A file with that token, read again when it changes. It is stronger than `token`.",
        Fallback = "",
    });
}
