using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Fabrik.UnitTests.Server.Auth;

/// <summary>Makes tokens of any kind, good or bad, independently of the product's own signer.</summary>
internal static class Forge
{
    /// <summary>A claim set that the fixture's options accept, with more members after a comma.</summary>
    public static string Claims(string more = "", int expires = 3600) =>
        $$"""{"sub":"ci","exp":{{AuthFixture.Start + expires}},"permissions":["cache:read"]{{more}}}""";

    public static string Rs256(string claims, string? kid = null, RSA? key = null) =>
        Rs256WithHeader($$"""{"alg":"RS256"{{Kid(kid)}}}""", claims, key);

    public static string Rs256WithHeader(string header, string claims, RSA? key = null) =>
        Sign(header, claims, data => (key ?? TestKeys.Rsa).SignData(
            data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    public static string Es256(string claims, string? kid = null, ECDsa? key = null) =>
        Sign($$"""{"alg":"ES256"{{Kid(kid)}}}""", claims, data => (key ?? TestKeys.Ec).SignData(
            data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));

    public static string Hs256(string claims, byte[] secret, string? kid = null) =>
        Sign($$"""{"alg":"HS256"{{Kid(kid)}}}""", claims, data => HMACSHA256.HashData(secret, data));

    /// <summary>Signs whatever is given.</summary>
    public static string Sign(string header, string claims, Func<byte[], byte[]> sign) =>
        SignBytes(Encoding.UTF8.GetBytes(header), Encoding.UTF8.GetBytes(claims), sign);

    public static string SignBytes(byte[] header, byte[] claims, Func<byte[], byte[]> sign)
    {
        var input = $"{Encode(header)}.{Encode(claims)}";
        return $"{input}.{Encode(sign(Encoding.ASCII.GetBytes(input)))}";
    }

    public static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);

    public static string Encode(string text) => Encode(Encoding.UTF8.GetBytes(text));

    private static string Kid(string? kid) => kid is null ? "" : $",\"kid\":\"{kid}\"";
}
