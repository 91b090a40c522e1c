using System.Text.Json;

namespace Fabrik.Server.Auth.Tokens;

/// <summary>
/// Where a token writes, and where it reads in order: its own scope, those it is based on, the default one.
/// </summary>
internal readonly record struct TrustScopes(string Write, IReadOnlyList<string> Read)
{
    private const string Default = "";

    private static readonly TrustScopes OnlyDefault = new(Default, CachePrincipal.Anonymous.ReadScopes);

    /// <summary>
    /// Reads the claims that are configured. The claim with the own scope must be there, if only as an empty string
    /// for the default scope: a token that was issued without one must not write where everybody reads.
    /// </summary>
    public static bool TryRead(JsonElement claims, AuthOptions options, out TrustScopes scopes)
    {
        scopes = OnlyDefault;
        if (options.WriteScopeClaim.Length == 0 && options.ReadScopesClaim.Length == 0)
        {
            return true;
        }

        var own = Default;
        if (options.WriteScopeClaim.Length > 0
            && (!claims.TryGetProperty(options.WriteScopeClaim, out var write) || !TryReadScope(write, out own)))
        {
            return false;
        }

        List<string> read = [own];
        if (options.ReadScopesClaim.Length > 0
            && claims.TryGetProperty(options.ReadScopesClaim, out var bases)
            && !TryAddBases(bases, read))
        {
            return false;
        }

        // The default scope comes last, whatever the token says.
        if (own.Length > 0)
        {
            read.RemoveAll(scope => scope.Length == 0);
            read.Add(Default);
        }

        scopes = new TrustScopes(own, read);
        return true;
    }

    private static bool TryAddBases(JsonElement bases, List<string> read)
    {
        if (bases.ValueKind != JsonValueKind.Array)
        {
            return TryAdd(bases, read);
        }

        if (bases.GetArrayLength() > AuthLimits.ReadScopes)
        {
            return false;
        }

        foreach (var scope in bases.EnumerateArray())
        {
            if (!TryAdd(scope, read))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryAdd(JsonElement claim, List<string> read)
    {
        if (!TryReadScope(claim, out var scope))
        {
            return false;
        }

        if (!read.Contains(scope))
        {
            read.Add(scope);
        }

        return true;
    }

    private static bool TryReadScope(JsonElement claim, out string scope)
    {
        scope = Default;
        return (StrictJson.TryGetText(claim, out var text) && text == Default) || ClaimText.TryRead(claim, out scope);
    }
}
