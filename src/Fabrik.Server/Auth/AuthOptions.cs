using Fabrik.Server.Auth.Keys;

namespace Fabrik.Server.Auth;

/// <summary>How requests are authenticated: where public keys come from, and what a token must say.</summary>
public sealed record AuthOptions
{
    /// <summary>
    /// Whether every request needs a valid token; otherwise everybody is let in and tokens are not looked at.
    /// </summary>
    public bool Required { get; init; } = true;

    /// <summary>The section of the configuration that this comes from, for messages.</summary>
    public string Section { get; init; } = "auth";

    /// <summary>Public keys as PEM text; empty for none.</summary>
    public string PublicKey { get; init; } = "";

    /// <summary>A PEM file with one or more public keys; empty for none.</summary>
    public string PublicKeyFile { get; init; } = "";

    /// <summary>A folder of <c>&lt;kid&gt;.pem</c> files, one public key each; empty for none.</summary>
    public string PublicKeyDirectory { get; init; } = "";

    /// <summary>A file with a JSON Web Key Set (RFC 7517); it may hold HS256 secrets too.</summary>
    public string JwksFile { get; init; } = "";

    /// <summary>A secret for HS256, its bytes in UTF-8: at least 32 of them; empty for none.</summary>
    public string Secret { get; init; } = "";

    /// <summary>A file with a secret for HS256; empty for none.</summary>
    public string SecretFile { get; init; } = "";

    /// <summary>The only algorithm that tokens may be signed with; null for that of any key that is known.</summary>
    public TokenAlgorithm? Algorithm { get; init; }

    /// <summary>
    /// Where a token is looked for, in this order: the first place that has one counts. Empty for what build tools
    /// use: the Authorization header (Bearer, or the password of Basic), or else the parameter <c>token</c>.
    /// </summary>
    public IReadOnlyList<TokenSource> TokenSources { get; init; } = [];

    /// <summary>
    /// What else a token must say; all of it must hold, or the token is good and
    /// <see cref="AuthFailure.NotAllowed"/>.
    /// </summary>
    public IReadOnlyList<ClaimCondition> Conditions { get; init; } = [];

    /// <summary>The http(s) address of a JSON Web Key Set, fetched in the background.</summary>
    public Uri? JwksUrl { get; init; }

    /// <summary>How often the key set is fetched again; files are looked at every few seconds besides.</summary>
    public TimeSpan KeyRefreshInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The <c>iss</c> that a token must have; empty for any.</summary>
    public string Issuer { get; init; } = "";

    /// <summary>The <c>aud</c> values of which a token must have one; empty for any.</summary>
    public IReadOnlyList<string> Audience { get; init; } = [];

    /// <summary>How far the issuer's clock may be off, either way, for <c>exp</c>, <c>nbf</c> and <c>iat</c>.</summary>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether a token without <c>exp</c> is refused.</summary>
    public bool RequireExpiry { get; init; } = true;

    /// <summary>
    /// What a token without a <c>permissions</c> or <c>scope</c> claim may do. Nothing, unless it is set.
    /// </summary>
    public Permissions DefaultPermissions { get; init; }

    /// <summary>The claim that tells tenants apart; empty for one tenant. A token without it is refused.</summary>
    public string TenantClaim { get; init; } = "";

    /// <summary>
    /// The claim with the trust scope a token writes to; empty for one scope. A token without it is refused.
    /// </summary>
    public string WriteScopeClaim { get; init; } = "";

    /// <summary>
    /// The claim (string or array) with the scopes read after the token's own and before the default one.
    /// </summary>
    public string ReadScopesClaim { get; init; } = "";

    /// <summary>The longest token that is looked at, in bytes.</summary>
    public int MaxTokenSize { get; init; } = 16 * 1024;

    /// <summary>How many verified tokens are remembered.</summary>
    public int VerdictCacheSize { get; init; } = 10_000;
}
