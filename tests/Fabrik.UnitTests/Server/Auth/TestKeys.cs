using System.Security.Cryptography;

namespace Fabrik.UnitTests.Server.Auth;

/// <summary>Key pairs, made once: RSA keys are slow to make.</summary>
internal static class TestKeys
{
    public static readonly RSA Rsa = RSA.Create(2048);

    public static readonly RSA OtherRsa = RSA.Create(2048);

    public static readonly ECDsa Ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public static readonly ECDsa OtherEc = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public static readonly byte[] Secret = [.. Enumerable.Range(1, 32).Select(each => (byte)each)];

    /// <summary>The public half in PEM.</summary>
    public static string Pem(AsymmetricAlgorithm key) => key.ExportSubjectPublicKeyInfoPem();

    /// <summary>The public half as a JSON Web Key.</summary>
    public static string Jwk(AsymmetricAlgorithm key, string kid, string more = "")
    {
        switch (key)
        {
            case RSA rsa:
                var numbers = rsa.ExportParameters(false);
                return $$"""
                    {"kty":"RSA","kid":"{{kid}}","n":"{{Forge.Encode(numbers.Modulus!)}}",
                     "e":"{{Forge.Encode(numbers.Exponent!)}}"{{more}}}
                    """;
            case ECDsa ecdsa:
                var point = ecdsa.ExportParameters(false).Q;
                return $$"""
                    {"kty":"EC","kid":"{{kid}}","crv":"P-256","x":"{{Forge.Encode(point.X!)}}",
                     "y":"{{Forge.Encode(point.Y!)}}"{{more}}}
                    """;
            default:
                throw new ArgumentException("RSA or ECDsa", nameof(key));
        }
    }

    /// <summary>A secret as a JSON Web Key.</summary>
    public static string Jwk(byte[] secret, string kid) =>
        $$"""{"kty":"oct","kid":"{{kid}}","k":"{{Forge.Encode(secret)}}"}""";

    /// <summary>A set of JSON Web Keys.</summary>
    public static string Jwks(params string[] keys) => $$"""{"keys":[{{string.Join(',', keys)}}]}""";
}
