using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Fabrik.Memcached.Configuration;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.MemcachedTests.Proxies;

/// <summary>Clients and servers that speak encrypted; a proxy in front of a proxy has both.</summary>
public sealed class TlsTests
{
    [Fact]
    public async Task Client_OverTlsBothWays_GetsSmallAndLargeValues()
    {
        Assert.SkipUnless(RealMemcached.IsInstalled, "memcached is not installed");
        using var memcached = RealMemcached.Start();
        using var certificate = TestCertificates.Make("localhost");
        var authority = Path.GetTempFileName();
        await File.WriteAllTextAsync(
            authority, certificate.ExportCertificatePem(), TestContext.Current.CancellationToken);
        await using var inner = await TestProxy.StartAsync(
            TestCertificates.WithTls(TestProxy.Options(memcached.EndPoint), certificate));
        await using var outer = await TestProxy.StartAsync(TestCertificates.WithTls(
            TestProxy.Options(inner.EndPoint, new ConnectionOptions
            {
                Tls = true,
                TlsServerName = "localhost",
                TlsAuthorityFile = authority,
                ReplyTimeout = TimeSpan.FromSeconds(20),
            }),
            certificate));
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(outer.EndPoint, TestContext.Current.CancellationToken);
        await using var tls = new SslStream(
            new NetworkStream(socket),
            false,
            (_, shown, _, _) => shown?.GetCertHashString() == certificate.GetCertHashString());
        await tls.AuthenticateAsClientAsync("localhost");
        var large = new string('L', 700_000);

        var sent = string.Concat(Enumerable.Range(0, 20).Select(i =>
            $"set small-{i} 0 0 3\r\nabc\r\nset large-{i} 0 0 {large.Length}\r\n{large}\r\n"
            + $"get small-{i} large-{i}\r\n"));
        var expected = string.Concat(Enumerable.Range(0, 20).Select(i =>
            $"STORED\r\nSTORED\r\nVALUE small-{i} 0 3\r\nabc\r\n"
            + $"VALUE large-{i} 0 {large.Length}\r\n{large}\r\nEND\r\n"));
        var sending = tls.WriteAsync(Encoding.ASCII.GetBytes(sent), TestContext.Current.CancellationToken).AsTask();
        var got = new byte[expected.Length];
        await tls.ReadExactlyAsync(got, TestContext.Current.CancellationToken).AsTask()
            .WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        await sending;

        Assert.True(expected == Encoding.ASCII.GetString(got));
        File.Delete(authority);
    }

    [Fact]
    public async Task Server_WithAnUntrustedCertificate_IsNotSpokenTo()
    {
        using var server = new ScriptedServer();
        using var certificate = TestCertificates.Make("localhost");
        await using var inner = await TestProxy.StartAsync(
            TestCertificates.WithTls(TestProxy.Options(server.EndPoint), certificate));
        await using var outer = await TestProxy.StartAsync(
            TestProxy.Options(inner.EndPoint, new ConnectionOptions { Tls = true, TlsServerName = "localhost" }));

        var answer = outer.Connect().Ask("get a\r\n");
        Assert.StartsWith("SERVER_ERROR backend pool/server:1 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Listener_WithAnIntermediateAuthority_ShowsTheWholeChain()
    {
        using var root = TestCertificates.Make("root");
        using var intermediate = TestCertificates.Make("intermediate", root);
        using var own = TestCertificates.Make("localhost", intermediate);
        using var server = new ScriptedServer();
        var shown = SslStreamCertificateContext.Create(own, [intermediate], offline: true);
        await using var proxy = await TestProxy.StartAsync(
            TestCertificates.WithTls(TestProxy.Options(server.EndPoint), shown));
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(proxy.EndPoint, TestContext.Current.CancellationToken);
        await using var tls = new SslStream(new NetworkStream(socket));
        var trusting = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        trusting.CustomTrustStore.Add(root);

        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = trusting },
            TestContext.Current.CancellationToken);

        Assert.True(tls.IsAuthenticated);
    }

    [Fact]
    public async Task Client_ThatEndsInTheLastPacketOfItsHandshake_IsEndedToo()
    {
        using var certificate = TestCertificates.Make("localhost");
        using var server = new ScriptedServer();
        await using var proxy = await TestProxy.StartAsync(
            TestCertificates.WithTls(TestProxy.Options(server.EndPoint), certificate));
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(proxy.EndPoint, TestContext.Current.CancellationToken);
        await using var held = new HeldStream(socket);
        await using var tls = new SslStream(
            held, false, (_, shown, _, _) => shown?.GetCertHashString() == certificate.GetCertHashString());
        await tls.AuthenticateAsClientAsync("localhost");
        await tls.ShutdownAsync();

        await held.SendAsync();

        await new NetworkStream(socket).CopyToAsync(Stream.Null, TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await Wait.UntilAsync(() => proxy.Proxy.Clients == 0);
    }

    /// <summary>Sends what is written first, the client's hello, and keeps the rest back until it is told.</summary>
    private sealed class HeldStream(Socket socket) : NetworkStream(socket)
    {
        private readonly MemoryStream _held = new();
        private bool _hasSent;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!_hasSent)
            {
                _hasSent = true;
                return base.WriteAsync(buffer, cancellationToken);
            }

            _held.Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        public async Task SendAsync() => await Socket.SendAsync(_held.ToArray());
    }
}
