using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fabrik.Settings;
using Fabrik.Settings.Schema;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Fabrik.Composition;

/// <summary>
/// A server's certificate out of two PEM files. It is read again when either file changes, so that a renewal needs no
/// restart; files that cannot be read leave the one before in force.
/// </summary>
internal sealed class ServerCertificate
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(10);

    private readonly string _certificate;
    private readonly string _key;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private SslStreamCertificateContext _context;
    private (DateTime Certificate, DateTime Key) _read;
    private long _looked;

    private ServerCertificate(string certificate, string key, TimeProvider time)
    {
        (_certificate, _key, _time) = (certificate, key, time);
        _context = Read();
        _read = Written();
        _looked = time.GetTimestamp();
    }

    /// <summary>
    /// Reads the files that settings name; null where they name none, or after adding what is wrong with them.
    /// </summary>
    public static ServerCertificate? Of(
        EffectiveSettings settings, CertificateSettings where, TimeProvider time, List<string> problems)
    {
        string certificate = settings.Get(where.File);
        string key = settings.Get(where.KeyFile);
        if (certificate.Length == 0)
        {
            return null;
        }

        try
        {
            return new ServerCertificate(certificate, key, time);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            problems.Add($"{settings.KeyOf(where.File)}, {settings.KeyOf(where.KeyFile)}: {certificate} and {key} "
                + $"are no certificate and its private key in PEM: {e.Message}");
            return null;
        }
    }

    /// <summary>The certificate with its key, and behind it what it is signed by.</summary>
    public SslStreamCertificateContext Current
    {
        get
        {
            lock (_lock)
            {
                if (_time.GetElapsedTime(_looked) >= LookInterval)
                {
                    _looked = _time.GetTimestamp();
                    ReadIfChanged();
                }

                return _context;
            }
        }
    }

    private void ReadIfChanged()
    {
        try
        {
            if (Written() is var written && written != _read)
            {
                _context = Read();
                _read = written;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            // A renewal writes two files: between them they do not fit. The next look comes soon.
        }
    }

    private SslStreamCertificateContext Read()
    {
        using X509Certificate2 pem = X509Certificate2.CreateFromPemFile(_certificate, _key);
        X509Certificate2Collection chain = [];
        chain.ImportFromPemFile(_certificate);

        // Not every system's TLS takes a key that lives in memory alone; by way of PKCS #12 it becomes one it takes.
        X509Certificate2 own = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        return SslStreamCertificateContext.Create(own, chain, offline: true);
    }

    /// <summary>What a handshake is answered with, by the certificate that is in force then.</summary>
    /// <param name="protocol">What is spoken on the connection.</param>
    public TlsHandshakeCallbackOptions HandshakeFor(SslApplicationProtocol protocol) => new()
    {
        OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = Current,
            ApplicationProtocols = [protocol],
        }),
    };

    private (DateTime Certificate, DateTime Key) Written() =>
        (File.GetLastWriteTimeUtc(_certificate), File.GetLastWriteTimeUtc(_key));
}
