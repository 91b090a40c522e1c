using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Fabrik.Server.Auth.Tokens;

/// <summary>
/// Private keys that tokens are signed with, in PEM (RFC 7468), as this product and OpenSSL write them.
/// </summary>
public static class SigningKey
{
    private const string Expected = "expected a private key in PEM: RSA of 2048 to 8192 bits, or EC on P-256";

    // The rest of a file with a key is words; a file that is larger than this is something else.
    private const int MaxLength = 64 * 1024;

    private static readonly string P256 = ECCurve.NamedCurves.nistP256.Oid.Value!;

    /// <summary>The algorithms that keys can be made for (RFC 7518 section 3.1).</summary>
    public static IReadOnlyList<string> Algorithms { get; } = ["RS256", "ES256"];

    /// <summary>Makes a key; <see langword="null"/> for an algorithm that is not in the list.</summary>
    public static AsymmetricAlgorithm? Generate(string algorithm) => algorithm switch
    {
        "RS256" => RSA.Create(AuthLimits.MinRsaBits),
        "ES256" => ECDsa.Create(ECCurve.NamedCurves.nistP256),
        _ => null,
    };

    /// <summary>Reads the one private key of a text; the caller disposes it.</summary>
    /// <param name="text">The PEM text; other blocks, such as a certificate, are passed over.</param>
    /// <param name="key">The key, which a server that knows its public half accepts.</param>
    /// <param name="problem">What was found and what was expected; nothing of the key itself.</param>
    public static bool TryRead(
        ReadOnlySpan<char> text, [NotNullWhen(true)] out AsymmetricAlgorithm? key, out string problem)
    {
        key = null;
        problem = $"no private key; {Expected}";
        if (text.Length > MaxLength)
        {
            return false;
        }

        while (PemEncoding.TryFind(text, out var fields))
        {
            var label = text[fields.Label];
            if (label.EndsWith("PRIVATE KEY", StringComparison.Ordinal))
            {
                return TryReadBlock(label, text[fields.Location], out key, out problem);
            }

            text = text[fields.Location.End..];
        }

        return false;
    }

    private static bool TryReadBlock(
        ReadOnlySpan<char> label,
        ReadOnlySpan<char> block,
        [NotNullWhen(true)] out AsymmetricAlgorithm? key,
        out string problem)
    {
        key = null;
        if (label is "ENCRYPTED PRIVATE KEY" || block.Contains("Proc-Type:", StringComparison.Ordinal))
        {
            problem = "a private key that is encrypted; decrypt it first, for instance with 'openssl pkey'";
            return false;
        }

        problem = $"a private key of another type; {Expected}";
        key = Import(RSA.Create(), block) ?? Import(ECDsa.Create(), block);
        if (key is not null && !IsAccepted(key))
        {
            key.Dispose();
            key = null;
        }

        return key is not null;
    }

    private static AsymmetricAlgorithm? Import(AsymmetricAlgorithm empty, ReadOnlySpan<char> block)
    {
        try
        {
            empty.ImportFromPem(block);
            return empty;
        }
        catch (Exception other)
            when (other is ArgumentException or CryptographicException or PlatformNotSupportedException)
        {
            empty.Dispose();
            return null;
        }
    }

    private static bool IsAccepted(AsymmetricAlgorithm key) => key switch
    {
        RSA rsa => rsa.KeySize is >= AuthLimits.MinRsaBits and <= AuthLimits.MaxRsaBits,
        ECDsa ecdsa => ecdsa.ExportParameters(false).Curve.Oid?.Value == P256,
        _ => false,
    };
}
