using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fabrik.Server.Auth.Tokens;

namespace Fabrik.Server.Auth.Keys;

/// <summary>
/// Reads a JSON Web Key Set (RFC 7517, RFC 7518 section 6). Keys of other types, for other uses, or with private
/// parts are left out and named, as RFC 7517 section 5 asks for; a set without one usable key is an error.
/// </summary>
internal static class JsonWebKeys
{
    private const string Expected = "expected a JSON Web Key Set: {\"keys\": [{\"kty\": \"RSA\", …}]}";

    private static readonly string[] PrivateParts = ["d", "p", "q", "dp", "dq", "qi", "oth"];

    /// <summary>Reads a set.</summary>
    /// <param name="json">The text in UTF-8.</param>
    /// <param name="allowSecrets">Whether keys for HS256 are taken; a set that everybody can fetch has none.</param>
    public static KeyReading Read(ReadOnlyMemory<byte> json, bool allowSecrets)
    {
        if (!StrictJson.TryParse(json, out var document))
        {
            return KeyReading.Failed($"not valid JSON, a member twice, or nested too deeply; {Expected}");
        }

        using (document)
        {
            if (!document.RootElement.TryGetProperty("keys"u8, out var set) || set.ValueKind != JsonValueKind.Array)
            {
                return KeyReading.Failed($"no array 'keys'; {Expected}");
            }

            return set.GetArrayLength() > AuthLimits.KeysPerSource
                ? KeyReading.Failed($"more than {AuthLimits.KeysPerSource} keys")
                : ReadKeys(set, allowSecrets);
        }
    }

    private static KeyReading ReadKeys(JsonElement set, bool allowSecrets)
    {
        List<VerificationKey> keys = [];
        List<string> skipped = [];
        foreach (var (index, element) in set.EnumerateArray().Index())
        {
            if (TryReadKey(element, allowSecrets, out var key, out var problem))
            {
                keys.Add(key!);
            }
            else
            {
                skipped.Add($"keys[{index}] is {problem}");
            }
        }

        return keys.Count > 0
            ? new KeyReading { Keys = keys, Skipped = skipped }
            : KeyReading.Failed($"no usable key{string.Concat(skipped.Take(4).Select(each => "; " + each))}");
    }

    private static bool TryReadKey(JsonElement element, bool allowSecrets, out VerificationKey? key, out string problem)
    {
        key = null;
        if (element.ValueKind != JsonValueKind.Object)
        {
            problem = "not an object";
            return false;
        }

        if (!TryReadKid(element, out var kid))
        {
            problem = $"a key whose kid is not a string of 1 to {AuthLimits.KidLength} characters";
            return false;
        }

        if (!IsForSignatures(element, out problem))
        {
            return false;
        }

        var read = Text(element, "kty") switch
        {
            "RSA" => TryReadRsa(element, kid, out key, out problem),
            "EC" => TryReadEc(element, kid, out key, out problem),
            "oct" when allowSecrets => TryReadSecret(element, kid, out key, out problem),
            "oct" => Fail("a secret; secrets are taken from a file only", out problem),
            _ => Fail("a key of another type; expected kty RSA or EC", out problem),
        };
        return read && HasAlgorithm(element, key!, out problem);
    }

    private static bool IsForSignatures(JsonElement element, out string problem)
    {
        if (Text(element, "kty") != "oct" && PrivateParts.Any(part => element.TryGetProperty(part, out _)))
        {
            return Fail("a private key, which must never be in a key set", out problem);
        }

        if (element.TryGetProperty("use"u8, out _) && Text(element, "use") != "sig")
        {
            return Fail("a key for another use; expected use sig", out problem);
        }

        if (element.TryGetProperty("key_ops"u8, out var operations)
            && (operations.ValueKind != JsonValueKind.Array
                || !operations.EnumerateArray().Any(one => IsText(one, "verify"))))
        {
            return Fail("a key for other operations; expected key_ops with verify", out problem);
        }

        problem = "";
        return true;
    }

    private static bool HasAlgorithm(JsonElement element, VerificationKey key, out string problem)
    {
        problem = "";
        return !element.TryGetProperty("alg"u8, out _)
            || Text(element, "alg") == key.Algorithm.ToString()
            || Fail($"a key for another algorithm; expected alg {key.Algorithm}", out problem);
    }

    private static bool TryReadRsa(JsonElement element, string? kid, out VerificationKey? key, out string problem)
    {
        key = null;
        if (!TryReadBytes(element, "n", out var modulus) || !TryReadBytes(element, "e", out var exponent))
        {
            return Fail("an RSA key without n and e in base64url", out problem);
        }

        RSAParameters parameters = new() { Modulus = modulus, Exponent = exponent };
        return VerificationKey.TryCreate(kid, parameters, out key, out problem);
    }

    private static bool TryReadEc(JsonElement element, string? kid, out VerificationKey? key, out string problem)
    {
        key = null;
        if (Text(element, "crv") != "P-256")
        {
            return Fail("a key on another curve; expected crv P-256", out problem);
        }

        // Both coordinates have the full length of the field (RFC 7518 section 6.2.1.2).
        if (!TryReadBytes(element, "x", out var x) || !TryReadBytes(element, "y", out var y)
            || x.Length != 32 || y.Length != 32)
        {
            return Fail("an elliptic curve key without x and y of 32 bytes in base64url", out problem);
        }

        ECParameters parameters = new() { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = x, Y = y } };
        return VerificationKey.TryCreate(kid, parameters, out key, out problem);
    }

    private static bool TryReadSecret(JsonElement element, string? kid, out VerificationKey? key, out string problem)
    {
        key = null;
        return TryReadBytes(element, "k", out var secret)
            ? VerificationKey.TryCreate(kid, secret, out key, out problem)
            : Fail("a secret without k in base64url", out problem);
    }

    private static bool TryReadKid(JsonElement element, out string? kid)
    {
        kid = null;
        return !element.TryGetProperty("kid"u8, out var member)
            || (StrictJson.TryGetText(member, out kid) && kid.Length is > 0 and <= AuthLimits.KidLength);
    }

    private static bool TryReadBytes(JsonElement element, string name, out byte[] bytes)
    {
        bytes = [];
        if (Text(element, name) is not { } text)
        {
            return false;
        }

        var encoded = Encoding.UTF8.GetBytes(text);
        var buffer = new byte[StrictBase64Url.DecodedLength(encoded.Length)];
        if (!StrictBase64Url.TryDecode(encoded, buffer, out var length))
        {
            return false;
        }

        bytes = buffer[..length];
        return length > 0;
    }

    private static bool IsText(JsonElement element, string expected) =>
        StrictJson.TryGetText(element, out var text) && text == expected;

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var member) && StrictJson.TryGetText(member, out var text) ? text : null;

    private static bool Fail(string text, out string problem)
    {
        problem = text;
        return false;
    }
}
