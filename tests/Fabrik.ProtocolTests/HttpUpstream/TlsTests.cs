using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fabrik.Cache;
using Fabrik.Upstreams.Http;
using Xunit;

namespace Fabrik.ProtocolTests.HttpUpstream;

/// <summary>Servers behind TLS, with an authority of their own.</summary>
public sealed class TlsTests : IAsyncLifetime
{
    private readonly X509Certificate2 _certificate = Create();
    private StubServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await StubServer.StartAsync(_certificate);
        _server.Answer = static async context =>
        {
            if (context.Request.Method == "PUT")
            {
                await context.Request.Body.CopyToAsync(Stream.Null);
            }
            else
            {
                await context.Response.Body.WriteAsync(StoreProbe.Bytes(1000));
            }
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _certificate.Dispose();
    }

    [Fact]
    public async Task Server_OfATrustedAuthority_IsSpokenToInHttp2()
    {
        await using var store = Open([_certificate]);

        Assert.Equal(StoreProbe.Bytes(1000), await store.ReadAsync(StoreProbe.Key));
        StoreProbe.IsTrue(await store.PutAsync(StoreProbe.Key, StoreProbe.Bytes(300_000)));

        Assert.All(_server.Requests, static request => Assert.Equal("HTTP/2", request.Protocol));
    }

    [Fact]
    public async Task Server_OfAnUnknownAuthority_IsUnavailable()
    {
        await using var store = Open(authorities: null);

        var error = await store.GetErrorAsync(StoreProbe.Key);

        Assert.Equal(CacheErrorKind.Unavailable, error.Kind);
        Assert.Contains("authority", error.Message, StringComparison.Ordinal);
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task Redirect_ToPlainHttp_IsNotFollowed()
    {
        _server.AnswerStatus(302, ("Location", "http://localhost/"));
        await using var store = Open([_certificate]);

        Assert.Equal(CacheErrorKind.Io, (await store.GetErrorAsync(StoreProbe.Key)).Kind);
    }

    [Fact]
    public async Task Answer_BeforeTheBodyHasGone_GivesTheBodyBackQuiet()
    {
        _server.AnswerStatus(507);
        await using var store = Open([_certificate]);

        StoreProbe.Fails(
            CacheErrorKind.StorageFull, await store.PutAsync(StoreProbe.Key, StoreProbe.Bytes(10_000)));
        StoreProbe.Fails(
            CacheErrorKind.StorageFull, await store.PutAsync(StoreProbe.Key, StoreProbe.Bytes(10_000_000)));
    }

    private static X509Certificate2 Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        using var own = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), null);
    }

    private HttpObjectStore Open(X509Certificate2Collection? authorities) => new(new HttpStoreOptions
    {
        BaseUrl = _server.Url,
        Link = new HttpLinkOptions { Authorities = authorities },
    });
}
