using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Fabrik.Server.Auth.Tokens;

/// <summary>Makes tokens: for <c>fabrik auth token</c> and for tests. A server never does.</summary>
public static class TokenSigner
{
    /// <summary>Signs claims with an RSA key (RS256) or an elliptic curve key on P-256 (ES256).</summary>
    /// <param name="key">The private key.</param>
    /// <param name="kid">The name that the server knows the key by, or <see langword="null"/>.</param>
    /// <param name="claims">The claims, as JSON in UTF-8.</param>
    /// <exception cref="ArgumentException">The key is of another type.</exception>
    public static string Sign(AsymmetricAlgorithm key, string? kid, ReadOnlySpan<byte> claims)
    {
        var input = $"{Base64Url.EncodeToString(Header(AlgorithmOf(key), kid))}.{Base64Url.EncodeToString(claims)}";
        var data = Encoding.ASCII.GetBytes(input);
        var signature = key switch
        {
            RSA rsa => rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            ECDsa ecdsa => ecdsa.SignData(data, HashAlgorithmName.SHA256),
            _ => throw new ArgumentException("expected an RSA or elliptic curve key", nameof(key)),
        };
        return $"{input}.{Base64Url.EncodeToString(signature)}";
    }

    private static string AlgorithmOf(AsymmetricAlgorithm key) => key switch
    {
        RSA => "RS256",
        ECDsa { KeySize: 256 } => "ES256",
        _ => throw new ArgumentException("expected an RSA key, or an elliptic curve key on P-256", nameof(key)),
    };

    private static byte[] Header(string algorithm, string? kid)
    {
        using MemoryStream json = new();
        using (Utf8JsonWriter writer = new(json))
        {
            writer.WriteStartObject();
            writer.WriteString("alg", algorithm);
            writer.WriteString("typ", "JWT");
            if (kid is not null)
            {
                writer.WriteString("kid", kid);
            }

            writer.WriteEndObject();
        }

        return json.ToArray();
    }
}
