using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Fabrik.Memcached.Clients;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Loop;
using Fabrik.Memcached.Proxy;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.MemcachedTests.Proxies;

/// <summary>When connections are read on, and when they are left alone.</summary>
public sealed class FlowTests
{
    [Fact]
    public async Task ServerConnection_DrainedWithNothingButWhatIsTooLate_Ends()
    {
        using var server = new ScriptedServer();
        var time = new TestClock();
        var options = TestProxy.Options(server.EndPoint, new ConnectionOptions
        {
            Credentials = new MemcachedCredentials("user", "password"),
            ConnectTimeout = TimeSpan.FromHours(1),
            ReplyTimeout = TimeSpan.FromSeconds(10),
        });
        await using var proxy = await TestProxy.StartAsync(
            options, TestProxy.Services with { Time = time, Watch = static (_, _, _) => AlwaysUsable.Instance });
        var client = proxy.Connect();
        client.Send("get a\r\n");
        var connection = server.Accept();
        connection.Expect("set auth 0 0 13\r\nuser password\r\n");
        time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal("SERVER_ERROR backend pool/server:1 timed out\r\n", client.ReadLine());

        using var other = new ScriptedServer();
        await proxy.Proxy.ReloadAsync(TestProxy.Options(other.EndPoint), TestContext.Current.CancellationToken);
        connection.Send("STORED\r\n");

        Assert.True(connection.IsEnded());
    }

    [Fact]
    public async Task TlsClient_ThatHasSentItsLast_GetsAllOfALargeAnswer()
    {
        Assert.SkipUnless(RealMemcached.IsInstalled, "memcached is not installed");
        var value = new string('v', 900_000);
        using var server = RealMemcached.Start();
        using var certificate = TestCertificates.Make("localhost");
        await using var proxy = await TestProxy.StartAsync(
            TestCertificates.WithTls(TestProxy.Options(server.EndPoint), certificate));
        await using var tls = await ConnectAsync(proxy, certificate);
        var cancellation = TestContext.Current.CancellationToken;
        await tls.WriteAsync(Encoding.ASCII.GetBytes($"set a 0 0 {value.Length}\r\n{value}\r\n"), cancellation);
        await tls.ReadExactlyAsync(new byte["STORED\r\n".Length], cancellation);

        await tls.WriteAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("get a\r\n", 20))), cancellation);
        await tls.ShutdownAsync();
        using var answers = new MemoryStream();
        await tls.CopyToAsync(answers, cancellation);

        var one = $"VALUE a 0 {value.Length}\r\n{value}\r\nEND\r\n";
        Assert.Equal(20 * one.Length, answers.Length);
    }

    [Fact]
    public async Task TlsClient_ThatAsksNothing_IsNotWaitedForToTakeAnything()
    {
        using var server = new ScriptedServer();
        using var certificate = TestCertificates.Make("localhost");
        RecordingPoller? poller = null;
        await using var proxy = await TestProxy.StartAsync(
            TestCertificates.WithTls(TestProxy.Options(server.EndPoint), certificate),
            () => poller = new RecordingPoller(EventLoop.CreatePoller()));

        await using var tls = await ConnectAsync(proxy, certificate);

        // When it has answered somebody else, the loop has done all that there was to do for this one.
        await using var other = await ConnectAsync(proxy, certificate);
        await other.WriteAsync("version\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.NotEqual(0, await other.ReadAsync(new byte[100], TestContext.Current.CancellationToken));

        var own = poller!.Waits.First(static wait => wait.Target is ClientConnection).Target;
        Assert.Equal(PollInterest.Read, poller.Waits.Last(wait => wait.Target == own).Interest);
    }

    private static async Task<SslStream> ConnectAsync(TestProxy proxy, X509Certificate2 certificate)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(proxy.EndPoint, TestContext.Current.CancellationToken);
        var tls = new SslStream(
            new NetworkStream(socket, ownsSocket: true),
            false,
            (_, shown, _, _) => shown?.GetCertHashString() == certificate.GetCertHashString());
        await tls.AuthenticateAsClientAsync("localhost");
        return tls;
    }
}
