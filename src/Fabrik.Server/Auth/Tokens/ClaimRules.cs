using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Fabrik.Server.Auth.Tokens;

/// <summary>Turns the claims of a token whose signature is good into a principal (RFC 7519 section 4).</summary>
internal sealed class ClaimRules(AuthOptions options)
{
    // The last second that DateTimeOffset knows.
    private const double MaxSeconds = 253_402_300_799;

    /// <summary>
    /// Decides at the time <paramref name="now"/>; false with the reason. What conditions say of claims that are in
    /// order is a verdict too.
    /// </summary>
    public bool TryAdmit(JsonElement claims, DateTimeOffset now, out Verdict verdict, out AuthFailure failure)
    {
        verdict = default;
        if (!TryReadTimes(claims, out var times))
        {
            failure = AuthFailure.Malformed;
            return false;
        }

        if (!times.IsInTime(now, options.ClockSkew, out failure))
        {
            return false;
        }

        failure = AuthFailure.WrongClaims;
        if ((times.Expires is null && options.RequireExpiry)
            || !HasIssuer(claims)
            || !HasAudience(claims)
            || !TryMakePrincipal(claims, out var principal))
        {
            return false;
        }

        var allowed = ClaimConditions.Hold(options.Conditions, claims) ? principal : null;
        verdict = new Verdict(allowed, times.NotAfter(options.ClockSkew));
        return true;
    }

    private bool TryMakePrincipal(JsonElement claims, [NotNullWhen(true)] out CachePrincipal? principal)
    {
        principal = null;
        var subject = "";
        var tenant = "";
        if ((claims.TryGetProperty("sub"u8, out var sub)
                && (!StrictJson.TryGetText(sub, out subject) || !ClaimText.IsSubject(subject)))
            || (options.TenantClaim.Length > 0
                && (!claims.TryGetProperty(options.TenantClaim, out var name) || !ClaimText.TryRead(name, out tenant)))
            || !TryReadPermissions(claims, out var permissions)
            || !TrustScopes.TryRead(claims, options, out var scopes))
        {
            return false;
        }

        principal = new CachePrincipal
        {
            Subject = subject,
            Permissions = permissions,
            Tenant = tenant,
            WriteScope = scopes.Write,
            ReadScopes = scopes.Read,
        };
        return true;
    }

    private bool HasIssuer(JsonElement claims) =>
        options.Issuer.Length == 0
        || (claims.TryGetProperty("iss"u8, out var issuer)
            && StrictJson.TryGetText(issuer, out var text)
            && text == options.Issuer);

    private bool HasAudience(JsonElement claims)
    {
        if (options.Audience.Count == 0)
        {
            return true;
        }

        if (!claims.TryGetProperty("aud"u8, out var audience))
        {
            return false;
        }

        return audience.ValueKind == JsonValueKind.Array
            ? audience.EnumerateArray().Any(IsOurs)
            : IsOurs(audience);
    }

    private bool IsOurs(JsonElement audience) =>
        StrictJson.TryGetText(audience, out var text) && options.Audience.Contains(text, StringComparer.Ordinal);

    // `permissions` is ours; `scope` (RFC 8693 section 4.2) counts only where it is missing.
    private bool TryReadPermissions(JsonElement claims, out Permissions permissions)
    {
        permissions = Permissions.None;
        if (!claims.TryGetProperty("permissions"u8, out var claim) && !claims.TryGetProperty("scope"u8, out claim))
        {
            permissions = options.DefaultPermissions;
            return true;
        }

        if (StrictJson.TryGetText(claim, out var text))
        {
            foreach (var part in text.AsSpan().Split(' '))
            {
                permissions |= PermissionNames.Parse(text.AsSpan(part));
            }

            return true;
        }

        if (claim.ValueKind != JsonValueKind.Array)
        {
            return false;
        }

        foreach (var element in claim.EnumerateArray())
        {
            if (!StrictJson.TryGetText(element, out var name))
            {
                return false;
            }

            permissions |= PermissionNames.Parse(name);
        }

        return true;
    }

    private static bool TryReadTimes(JsonElement claims, out TokenTimes times)
    {
        times = default;
        if (!TryReadTime(claims, "exp"u8, out var expires)
            || !TryReadTime(claims, "nbf"u8, out var notBefore)
            || !TryReadTime(claims, "iat"u8, out var issued))
        {
            return false;
        }

        times = new TokenTimes(expires, notBefore, issued);
        return true;
    }

    // A NumericDate may have a fraction (RFC 7519 section 2).
    private static bool TryReadTime(JsonElement claims, ReadOnlySpan<byte> name, out DateTimeOffset? time)
    {
        time = null;
        if (!claims.TryGetProperty(name, out var claim))
        {
            return true;
        }

        if (claim.ValueKind != JsonValueKind.Number
            || !claim.TryGetDouble(out var seconds)
            || seconds is not (>= 0 and <= MaxSeconds))
        {
            return false;
        }

        time = DateTimeOffset.UnixEpoch.AddSeconds(seconds);
        return true;
    }
}
