using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fabrik.EndToEndTests.Processes;

namespace Fabrik.EndToEndTests.Product;

/// <summary>
/// A certificate for 127.0.0.1 with an authority that signed it and nothing else, as files of a sandbox.
/// </summary>
internal sealed class TestCertificate
{
    private static readonly TimeSpan Life = TimeSpan.FromDays(1);

    private TestCertificate(string file, string keyFile, string authorityFile) =>
        (File, KeyFile, AuthorityFile) = (file, keyFile, authorityFile);

    /// <summary>The server's certificate, in PEM.</summary>
    public string File { get; }

    /// <summary>Its private key, in PEM.</summary>
    public string KeyFile { get; }

    /// <summary>The authority's certificate, in PEM: what clients trust.</summary>
    public string AuthorityFile { get; }

    public static TestCertificate Create(Sandbox sandbox, string name)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest($"CN={name} authority", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var authority = authorityRequest.CreateSelfSigned(now - Life, now + Life);

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(
            authority, now - Life, now + (Life / 2), RandomNumberGenerator.GetBytes(16));
        return new TestCertificate(
            sandbox.Write($"{name}.pem", certificate.ExportCertificatePem()),
            sandbox.Write($"{name}.key", key.ExportPkcs8PrivateKeyPem()),
            sandbox.Write($"{name}-authority.pem", authority.ExportCertificatePem()));
    }
}
