using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Fabrik.Server.Auth.Keys;

/// <summary>A key that tokens are checked with. The key, never the token, decides on the algorithm.</summary>
internal sealed class VerificationKey
{
    private static readonly string P256 = ECCurve.NamedCurves.nistP256.Oid.Value!;

    private readonly ISignatureVerifier _verifier;

    private VerificationKey(string? kid, TokenAlgorithm algorithm, ISignatureVerifier verifier, byte[] material)
    {
        Kid = kid;
        Algorithm = algorithm;
        _verifier = verifier;
        Fingerprint = Convert.ToHexStringLower(SHA256.HashData(material));
    }

    /// <summary>The name by which tokens call it; <see langword="null"/> for a key that has none.</summary>
    public string? Kid { get; }

    /// <summary>The only algorithm that the key is used with.</summary>
    public TokenAlgorithm Algorithm { get; }

    /// <summary>SHA-256 of the key, in hex: the same key read twice has the same.</summary>
    public string Fingerprint { get; }

    /// <summary>Whether <paramref name="signature"/> is this key's over <paramref name="data"/>.</summary>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) => _verifier.Verify(data, signature);

    /// <summary>Whether both are the same key by the same name.</summary>
    public bool IsSame(VerificationKey other) =>
        Algorithm == other.Algorithm && Kid == other.Kid && Fingerprint == other.Fingerprint;

    /// <summary>Takes an RSA key, if it is secure and not too large to verify with.</summary>
    public static bool TryCreate(
        string? kid, RSAParameters given, [NotNullWhen(true)] out VerificationKey? key, out string problem)
    {
        key = null;
        RSAParameters parameters = new()
        {
            Modulus = WithoutLeadingZeros(given.Modulus),
            Exponent = WithoutLeadingZeros(given.Exponent),
        };
        var bits = parameters.Modulus.Length == 0
            ? 0
            : (parameters.Modulus.Length * 8) - byte.LeadingZeroCount(parameters.Modulus[0]);
        if (bits is < AuthLimits.MinRsaBits or > AuthLimits.MaxRsaBits)
        {
            problem = $"an RSA key of {bits} bits; expected {AuthLimits.MinRsaBits} to {AuthLimits.MaxRsaBits}";
            return false;
        }

        // An exponent of 1 would make every padded hash its own signature.
        var exponent = parameters.Exponent;
        if (exponent is not { Length: >= 1 and <= 4 } || exponent is [1] || (exponent[^1] & 1) == 0
            || (parameters.Modulus[^1] & 1) == 0)
        {
            problem = "an RSA key whose modulus or exponent is not valid; expected odd ones, such as exponent 65537";
            return false;
        }

        try
        {
            byte[] material = [.. parameters.Modulus, .. exponent];
            key = new VerificationKey(kid, TokenAlgorithm.RS256, new RsaVerifier(parameters), material);
            problem = "";
            return true;
        }
        catch (CryptographicException)
        {
            problem = "an RSA key that cannot be used";
            return false;
        }
    }

    /// <summary>Takes an elliptic curve key, if it is a point on P-256.</summary>
    public static bool TryCreate(
        string? kid, ECParameters given, [NotNullWhen(true)] out VerificationKey? key, out string problem)
    {
        key = null;
        if (given.Curve.Oid?.Value != P256)
        {
            problem = $"a key on the curve {given.Curve.Oid?.FriendlyName ?? "given by numbers"}; expected P-256";
            return false;
        }

        ECParameters parameters = new() { Curve = ECCurve.NamedCurves.nistP256, Q = given.Q };
        try
        {
            byte[] material = [.. parameters.Q.X!, .. parameters.Q.Y!];
            key = new VerificationKey(kid, TokenAlgorithm.ES256, new EcdsaVerifier(parameters), material);
            problem = "";
            return true;
        }
        catch (CryptographicException)
        {
            problem = "an elliptic curve key that is not a point on P-256";
            return false;
        }
    }

    /// <summary>Takes a secret, if it is long enough for HS256.</summary>
    public static bool TryCreate(
        string? kid, byte[] secret, [NotNullWhen(true)] out VerificationKey? key, out string problem)
    {
        if (secret.Length < AuthLimits.MinSecretBytes)
        {
            key = null;
            problem = $"a secret of {secret.Length} bytes; expected at least {AuthLimits.MinSecretBytes}";
            return false;
        }

        key = new VerificationKey(kid, TokenAlgorithm.HS256, new HmacVerifier(secret), secret);
        problem = "";
        return true;
    }

    private static byte[] WithoutLeadingZeros(byte[]? number) => number.AsSpan().TrimStart((byte)0).ToArray();
}
