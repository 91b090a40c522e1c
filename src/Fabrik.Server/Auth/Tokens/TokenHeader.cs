using System.Text.Json;
using Fabrik.Server.Auth.Keys;

namespace Fabrik.Server.Auth.Tokens;

/// <summary>
/// The header of a token (RFC 7515 section 4). Keys and key addresses in it (<c>jwk</c>, <c>jku</c>, <c>x5u</c>,
/// <c>x5c</c>) are never looked at: a token does not vouch for itself.
/// </summary>
/// <param name="Algorithm">The algorithm that it claims; a key of exactly that algorithm must be found.</param>
/// <param name="Kid">The name of its key, or <see langword="null"/>.</param>
internal readonly record struct TokenHeader(TokenAlgorithm Algorithm, string? Kid)
{
    /// <summary>Reads a decoded header; false for what is not accepted: see the parts below.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> json, out TokenHeader header)
    {
        header = default;
        if (!StrictJson.TryParse(json, out var document))
        {
            return false;
        }

        using (document)
        {
            var root = document.RootElement;

            // Extensions that must be understood (RFC 7515 section 4.1.11): none is.
            if (root.TryGetProperty("crit"u8, out _)
                || !TryGetAlgorithm(root, out var algorithm)
                || !HasAcceptedType(root)
                || !TryGetKid(root, out var kid))
            {
                return false;
            }

            header = new TokenHeader(algorithm, kid);
            return true;
        }
    }

    private static bool TryGetAlgorithm(JsonElement root, out TokenAlgorithm algorithm)
    {
        algorithm = default;
        if (!root.TryGetProperty("alg"u8, out var member) || !StrictJson.TryGetText(member, out var name))
        {
            return false;
        }

        // Names are case-sensitive (RFC 7515 section 4.1.1), so no spelling of "none" comes near.
        switch (name)
        {
            case "RS256":
                algorithm = TokenAlgorithm.RS256;
                return true;
            case "ES256":
                algorithm = TokenAlgorithm.ES256;
                return true;
            case "HS256":
                algorithm = TokenAlgorithm.HS256;
                return true;
            default:
                return false;
        }
    }

    private static bool HasAcceptedType(JsonElement root)
    {
        if (!root.TryGetProperty("typ"u8, out var member))
        {
            return true;
        }

        // The media type may be shortened by its first half (RFC 7515 section 4.1.9); at+jwt is RFC 9068.
        return StrictJson.TryGetText(member, out var type)
            && (type.Equals("JWT", StringComparison.OrdinalIgnoreCase)
                || type.Equals("at+jwt", StringComparison.OrdinalIgnoreCase)
                || type.Equals("application/at+jwt", StringComparison.OrdinalIgnoreCase));
    }

    private static bool TryGetKid(JsonElement root, out string? kid)
    {
        kid = null;
        return !root.TryGetProperty("kid"u8, out var member)
            || (StrictJson.TryGetText(member, out kid) && kid.Length is > 0 and <= AuthLimits.KidLength);
    }
}
