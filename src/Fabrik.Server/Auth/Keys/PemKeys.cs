using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Fabrik.Server.Auth.Keys;

/// <summary>
/// Reads public keys in PEM (RFC 7468): <c>PUBLIC KEY</c> (SPKI), <c>RSA PUBLIC KEY</c> (PKCS #1), or
/// <c>CERTIFICATE</c>, of which only the key counts: its dates and issuer are not looked at.
/// </summary>
internal static class PemKeys
{
    private const string Expected =
        "expected public keys in PEM (BEGIN PUBLIC KEY, BEGIN RSA PUBLIC KEY or BEGIN CERTIFICATE)";

    /// <summary>Reads every key of a text; one that is bad fails the whole text.</summary>
    /// <param name="text">The PEM text; words between the blocks are ignored.</param>
    /// <param name="kid">The name of the keys, or <see langword="null"/>.</param>
    public static KeyReading Read(ReadOnlySpan<char> text, string? kid)
    {
        List<VerificationKey> keys = [];
        while (PemEncoding.TryFind(text, out var fields))
        {
            if (keys.Count == AuthLimits.KeysPerSource)
            {
                return KeyReading.Failed($"more than {AuthLimits.KeysPerSource} keys");
            }

            // A damaged block is passed over by the search; what it should have been would be missing.
            if (HoldsBlock(text[..fields.Location.Start.Value]))
            {
                return Damaged();
            }

            var der = Convert.FromBase64String(text[fields.Base64Data].ToString());
            if (!TryReadBlock(text[fields.Label], der, kid, out var key, out var problem))
            {
                return KeyReading.Failed(problem);
            }

            keys.Add(key);
            text = text[fields.Location.End..];
        }

        // What is left holds no whole block: a block that was begun is one that is damaged or half written.
        if (HoldsBlock(text))
        {
            return Damaged();
        }

        return keys.Count == 0 ? KeyReading.Failed($"no key; {Expected}") : new KeyReading { Keys = keys };
    }

    private static bool TryReadBlock(
        ReadOnlySpan<char> label,
        byte[] der,
        string? kid,
        [NotNullWhen(true)] out VerificationKey? key,
        out string problem)
    {
        key = null;
        if (label.EndsWith("PRIVATE KEY", StringComparison.Ordinal))
        {
            problem = $"a private key, which has no place on the server; {Expected}";
            return false;
        }

        try
        {
            switch (label)
            {
                case "PUBLIC KEY":
                    var spki = PublicKey.CreateFromSubjectPublicKeyInfo(der, out var read);
                    return read == der.Length
                        ? TryUse(spki, kid, out key, out problem)
                        : Fail($"a PEM block with {der.Length - read} bytes after its key", out problem);
                case "RSA PUBLIC KEY":
                    return TryReadPkcs1(der, kid, out key, out problem);
                case "CERTIFICATE":
                    using (var certificate = X509CertificateLoader.LoadCertificate(der))
                    {
                        return TryUse(certificate.PublicKey, kid, out key, out problem);
                    }

                default:
                    return Fail($"a PEM block BEGIN {Shown(label)}; {Expected}", out problem);
            }
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or PlatformNotSupportedException)
        {
            // Not supported: a curve that the platform does not know.
            return Fail($"a PEM block BEGIN {Shown(label)} that cannot be read; {Expected}", out problem);
        }
    }

    private static bool TryReadPkcs1(
        byte[] der, string? kid, [NotNullWhen(true)] out VerificationKey? key, out string problem)
    {
        using var rsa = RSA.Create();
        rsa.ImportRSAPublicKey(der, out var read);
        key = null;
        return read == der.Length
            ? VerificationKey.TryCreate(kid, rsa.ExportParameters(false), out key, out problem)
            : Fail($"a PEM block with {der.Length - read} bytes after its key", out problem);
    }

    private static bool TryUse(
        PublicKey publicKey, string? kid, [NotNullWhen(true)] out VerificationKey? key, out string problem)
    {
        using var rsa = publicKey.GetRSAPublicKey();
        if (rsa is not null)
        {
            return VerificationKey.TryCreate(kid, rsa.ExportParameters(false), out key, out problem);
        }

        using var ecdsa = publicKey.GetECDsaPublicKey();
        if (ecdsa is not null)
        {
            return VerificationKey.TryCreate(kid, ecdsa.ExportParameters(false), out key, out problem);
        }

        key = null;
        return Fail($"a key of type {publicKey.Oid.FriendlyName ?? publicKey.Oid.Value}; expected RSA or EC P-256",
            out problem);
    }

    private static bool HoldsBlock(ReadOnlySpan<char> text) => text.Contains("-----BEGIN", StringComparison.Ordinal);

    private static KeyReading Damaged() =>
        KeyReading.Failed($"a PEM block that is damaged or incomplete; {Expected}");

    private static bool Fail(string text, out string problem)
    {
        problem = text;
        return false;
    }

    private static string Shown(ReadOnlySpan<char> label) => label[..Math.Min(label.Length, 40)].ToString();
}
