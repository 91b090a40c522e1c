using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fabrik.Upstreams.Rpc;
using Fabrik.Wire.Grpc;
using Xunit;

namespace Fabrik.ProtocolTests.Rpc.Client;

public class TlsTests
{
    [Fact]
    public async Task Server_SignedByOurAuthority_IsTrusted()
    {
        using var certificates = new Certificates();
        await using var peer = await Peer.StartAsync(Peer.EchoAsync, certificates.Server);
        using var channel = Open(peer, certificates.Trusting);
        Assert.Equal([1], await channel.CallUnary());
    }

    [Fact]
    public async Task Server_SignedBySomeoneElse_IsUnavailableAndSaysWhy()
    {
        using var certificates = new Certificates();
        using var others = new Certificates();
        await using var peer = await Peer.StartAsync(Peer.EchoAsync, certificates.Server);
        foreach (var tls in new[] { new GrpcTlsOptions(), others.Trusting })
        {
            using var channel = Open(peer, tls);
            var failure = await Calls.FailsAsync(StatusCode.Unavailable, () => channel.CallUnary().ResponseAsync);
            Assert.Contains("certificate", failure.Status.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Server_OfAnotherName_IsRefusedUnlessThatIsExpected()
    {
        using var certificates = new Certificates("cache.example");
        await using var peer = await Peer.StartAsync(Peer.EchoAsync, certificates.Server);
        using var strict = Open(peer, certificates.Trusting);
        await Calls.FailsAsync(StatusCode.Unavailable, () => strict.CallUnary().ResponseAsync);
        using var told = Open(peer, certificates.Trusting with { ServerName = "cache.example" });
        Assert.Equal([1], await told.CallUnary());
    }

    [Fact]
    public async Task Server_AsksForACertificate_ClientShowsIts()
    {
        using var certificates = new Certificates();
        await using var peer = await Peer.StartAsync(Peer.EchoAsync, certificates.Server, certificates.Client);
        using var shown = Open(peer, certificates.Trusting with { ClientCertificate = certificates.Client });
        Assert.Equal([1], await shown.CallUnary());
        using var none = Open(peer, certificates.Trusting);
        await Calls.FailsAsync(StatusCode.Unavailable, () => none.CallUnary().ResponseAsync);
    }

    [Fact]
    public async Task Token_OverTls_IsSent()
    {
        using var certificates = new Certificates();
        var authorization = "";
        await using var peer = await Peer.StartAsync(
            context =>
            {
                authorization = context.Request.Headers.Authorization.ToString();
                return Peer.EchoAsync(context);
            },
            certificates.Server);
        using var channel = GrpcChannel.ForAddress(peer.Address, new GrpcChannelOptions
        {
            Tls = certificates.Trusting,
            TokenProvider = static _ => new ValueTask<string?>("secret"),
        });
        await channel.CallUnary();
        Assert.Equal("Bearer secret", authorization);
    }

    private static GrpcChannel Open(Peer peer, GrpcTlsOptions tls) =>
        GrpcChannel.ForAddress(peer.Address, new GrpcChannelOptions { Tls = tls });

    /// <summary>An authority, and what it signed.</summary>
    private sealed class Certificates : IDisposable
    {
        // The system checks certificates against its own clock.
        private static readonly DateTimeOffset Begin = TimeProvider.System.GetUtcNow().AddDays(-1);
        private static readonly TimeSpan Validity = TimeSpan.FromDays(2);

        private readonly X509Certificate2 _authority;

        public Certificates(string serverName = "127.0.0.1")
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("CN=test authority", key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            _authority = request.CreateSelfSigned(Begin, Begin + Validity);
            Server = Sign("1.3.6.1.5.5.7.3.1", serverName);
            Client = Sign("1.3.6.1.5.5.7.3.2", "client");
        }

        public X509Certificate2 Server { get; }

        public X509Certificate2 Client { get; }

        public GrpcTlsOptions Trusting => new() { Authorities = [_authority] };

        public void Dispose()
        {
            _authority.Dispose();
            Server.Dispose();
            Client.Dispose();
        }

        private X509Certificate2 Sign(string purpose, string name)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], false));
            var names = new SubjectAlternativeNameBuilder();
            if (System.Net.IPAddress.TryParse(name, out var address))
            {
                names.AddIpAddress(address);
            }
            else
            {
                names.AddDnsName(name);
            }

            request.CertificateExtensions.Add(names.Build());
            using var signed = request.Create(
                _authority, Begin, Begin + Validity, RandomNumberGenerator.GetBytes(8));
            return signed.CopyWithPrivateKey(key);
        }
    }
}
