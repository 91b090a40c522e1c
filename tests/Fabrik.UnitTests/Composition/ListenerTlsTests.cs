using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using Fabrik.Composition;
using Fabrik.UnitTests.Wire.S3.Signing;
using Fabrik.Wire.S3.Signing;
using Xunit;

namespace Fabrik.UnitTests.Composition;

/// <summary>The S3 API and the S3 proxy over TLS, with a certificate made here.</summary>
[Collection(nameof(ServingFixture))]
public sealed class ListenerTlsTests : IAsyncDisposable
{
    private const string AccessKey = "AKTLS";
    private const string Secret = "a/secret+of=40-characters";

    // Large enough to be a file of the store, which would leave without a copy where nothing is encrypted.
    private static readonly byte[] Bytes = RandomNumberGenerator.GetBytes(3 * 1024 * 1024);

    private readonly ServingFixture _serving = new();

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("fabrik.s3.test", "/a%2Fb//c")]
    [InlineData("localhost", "/fabrik/a%2Fb//c")]
    public async Task S3_OverTls_TakesSignedRequestsInBothStyles(string host, string path)
    {
        string thumbprint = CertificateFiles.Write(_serving.Folder, "localhost", "*.s3.test");
        _serving.Folder.Write("fabrik.toml", $"""
            [build_tools.s3]
            {Certificate}
            domains = ["s3.test"]
            [[build_tools.s3.access_keys]]
            access_key = "{AccessKey}"
            secret_key = "{Secret}"
            """);
        ListenerRole s3 = await StartAsync("s3");
        Assert.Equal("https", s3.LocalUrl.Scheme);
        Assert.StartsWith("https://", s3.ClientUrl, StringComparison.Ordinal);
        using HttpClient client = Client(s3.Port, thumbprint);

        using HttpResponseMessage stored = await client.PutAsync(
            Presigned("PUT", $"{host}:{s3.Port}", path), new ByteArrayContent(Bytes), Ended);
        Assert.Equal(HttpStatusCode.OK, stored.StatusCode);
        using HttpResponseMessage read = await client.GetAsync(Presigned("GET", $"{host}:{s3.Port}", path), Ended);
        Assert.Equal(Bytes, await read.Content.ReadAsByteArrayAsync(Ended));
        Assert.Equal(stored.Headers.ETag, read.Headers.ETag);
        using HttpResponseMessage unsigned = await client.GetAsync(new Uri($"https://{host}:{s3.Port}{path}"), Ended);
        Assert.Equal(HttpStatusCode.Forbidden, unsigned.StatusCode);
    }

    [Fact]
    public async Task S3Proxy_OverTls_ServesWhatItFetched()
    {
        await using ServingFixture origin = new();
        IReadOnlyList<ListenerRole> behind = await origin.StartAsync(ServingMode.Server);
        Uri bucket = behind.Single(role => role.Plan.Name == "s3").LocalUrl;
        using HttpClient plain = new();
        using HttpResponseMessage stored = await plain.PutAsync(
            new Uri(bucket, "/fabrik/a//b%20c"), new ByteArrayContent(Bytes), Ended);
        string thumbprint = CertificateFiles.Write(_serving.Folder, "localhost");
        _serving.Folder.Write("fabrik.toml", $"""
            [s3_proxy]
            bind = "127.0.0.1:0"
            cache.disk.dir = "proxied"
            {Certificate}
            [[s3_proxy.buckets]]
            name = "files"
            path_prefix = "/files"
            cache.min_ttl = "1h"
            s3.bucket = "fabrik"
            s3.endpoint = "{bucket.GetLeftPart(UriPartial.Authority)}"
            s3.anonymous = true
            """);
        ListenerRole proxy = await StartAsync("s3-proxy");
        using HttpClient client = Client(proxy.Port, thumbprint);
        Uri file = new($"https://localhost:{proxy.Port}/files/a//b%20c");

        Assert.Equal(Bytes, await client.GetByteArrayAsync(file, Ended));
        await origin.Process.DrainAsync();
        Assert.Equal(Bytes, await client.GetByteArrayAsync(file, Ended));
        using HttpRequestMessage part = new(HttpMethod.Get, file);
        part.Headers.Range = new(1_000_000, 2_000_000);
        using HttpResponseMessage range = await client.SendAsync(part, Ended);
        Assert.Equal(Bytes[1_000_000..2_000_001], await range.Content.ReadAsByteArrayAsync(Ended));
    }

    [Fact]
    public async Task PlainRequest_ToTls_GetsNoAnswer()
    {
        CertificateFiles.Write(_serving.Folder);
        _serving.Folder.Write("fabrik.toml", $"[build_tools.s3]\n{Certificate}");
        ListenerRole s3 = await StartAsync("s3");
        using HttpClient client = new();
        await Assert.ThrowsAsync<HttpRequestException>(
            () => client.GetAsync(new Uri($"http://127.0.0.1:{s3.Port}/fabrik/k"), Ended));
    }

    public ValueTask DisposeAsync() => _serving.DisposeAsync();

    private static string Certificate =>
        $"tls_cert_file = \"{CertificateFiles.File}\"\ntls_key_file = \"{CertificateFiles.KeyFile}\"";

    private async Task<ListenerRole> StartAsync(string name)
    {
        IReadOnlyList<ListenerRole> listeners = await _serving.StartAsync(ServingMode.Server);
        return listeners.Single(role => role.Plan.Name == name);
    }

    private static Uri Presigned(string method, string host, string path)
    {
        RequestSigner signer = new(new SigningCredentials(AccessKey, Secret), "us-east-1", new SigningKeyCache());
        SignableRequest request = new(method, path, "", new TestHeaders(("host", host)));
        string query = signer.Presign(request, "host", TimeSpan.FromHours(1), TimeProvider.System.GetUtcNow());
        return new Uri($"https://{host}{path}?{query}");
    }

    // Whatever the host, it is this machine; and its certificate must be the one of the test, for that host.
    private static HttpClient Client(int port, string thumbprint) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellationToken) =>
        {
            Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                certificate?.GetCertHashString() == thumbprint
                && !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch),
        },
    });
}
