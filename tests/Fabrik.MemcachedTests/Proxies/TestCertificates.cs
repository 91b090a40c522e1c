using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fabrik.Memcached.Configuration;

namespace Fabrik.MemcachedTests.Proxies;

/// <summary>Certificates that tests make for themselves, and listeners that show them.</summary>
internal static class TestCertificates
{
    /// <summary>A proxy whose listener speaks TLS.</summary>
    public static MemcachedProxyOptions WithTls(MemcachedProxyOptions options, X509Certificate2 certificate) =>
        WithTls(options, SslStreamCertificateContext.Create(certificate, null, offline: true));

    /// <summary>The same, with the chain that it shows.</summary>
    public static MemcachedProxyOptions WithTls(MemcachedProxyOptions options, SslStreamCertificateContext shown) =>
        options with
        {
            Listeners =
            [
                new ListenerOptions
                {
                    Name = "tls",
                    EndPoint = new IPEndPoint(IPAddress.Loopback, 0),
                    Certificate = () => shown,
                },
            ],
        };

    /// <summary>A certificate for a name, signed by itself or by another one; all may be authorities.</summary>
    public static X509Certificate2 Make(string name, X509Certificate2? issuer = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        using var made = issuer is null
            ? request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1))
            : request.Create(issuer, Time(issuer.NotBefore), Time(issuer.NotAfter), [1]).CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }

    private static DateTimeOffset Time(DateTime local) => new(local);
}
