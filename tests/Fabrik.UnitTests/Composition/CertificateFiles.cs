using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fabrik.UnitTests.Settings;

namespace Fabrik.UnitTests.Composition;

/// <summary>A certificate that signs itself, for hosts of a test, as the files that settings name.</summary>
internal static class CertificateFiles
{
    public const string File = "tls.pem";
    public const string KeyFile = "tls.key";

    private static readonly TimeSpan Life = TimeSpan.FromDays(1);

    /// <summary>Writes one that is new; gives its thumbprint.</summary>
    public static string Write(TemporaryFolder folder, params string[] hosts)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=test", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        foreach (string host in hosts)
        {
            names.AddDnsName(host);
        }

        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.CreateSelfSigned(now - Life, now + Life);
        folder.Write(File, certificate.ExportCertificatePem());
        folder.Write(KeyFile, key.ExportPkcs8PrivateKeyPem());
        return certificate.Thumbprint;
    }
}
