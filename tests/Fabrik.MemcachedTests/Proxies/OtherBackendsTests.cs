using System.Globalization;
using System.Net;
using System.Text;
using Fabrik.Memcached.Configuration;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.MemcachedTests.Proxies;

/// <summary>Backends that are no memcached, behind a connection of a client.</summary>
public sealed class OtherBackendsTests
{
    private readonly TestClock _clock = new();

    [Fact]
    public async Task Cache_OfAllLoops_KeepsWhatOneClientStoresForAnother()
    {
        await using var proxy = await StartAsync(Cache(loops: 2));
        var (one, other, third) = (proxy.Connect(), proxy.Connect(), proxy.Connect());

        Assert.Equal("STORED\r\n", one.Ask("set a 7 0 5\r\nhello\r\n"));

        Assert.All([one, other, third], static client =>
        {
            client.Send("get a b\r\n");
            Assert.Equal("VALUE a 7 5\r\nhello\r\nEND\r\n", client.ReadUntil("END\r\n"));
        });
        Assert.Equal("DELETED\r\n", other.Ask("delete a\r\n"));
        Assert.Equal("END\r\n", third.Ask("get a\r\n"));
    }

    [Fact]
    public async Task Cache_OfCommandsInOneGo_DoesThoseOfAKeyInTheirOrder()
    {
        await using var proxy = await StartAsync(Cache(loops: 1));
        var client = proxy.Connect();
        var sent = new StringBuilder("set n 0 0 1\r\n0\r\n");
        var expected = new StringBuilder("STORED\r\n");
        for (var i = 1; i <= 200; i++)
        {
            sent.Append("incr n 1\r\nget n\r\n");
            expected.Append(CultureInfo.InvariantCulture, $"{i}\r\nVALUE n 0 {$"{i}".Length}\r\n{i}\r\nEND\r\n");
        }

        client.Send(sent.ToString());

        Assert.Equal(expected.ToString(), client.Read(expected.Length));
    }

    [Fact]
    public async Task Cache_AfterAReload_IsTheSameToItsClients()
    {
        await using var proxy = await StartAsync(Cache(loops: 1));
        var client = proxy.Connect();
        client.Send("set n 0 0 1\r\n1\r\nincr n 1\r\n");
        Assert.Equal("STORED\r\n2\r\n", client.ReadLine() + client.ReadLine());

        await proxy.Proxy.ReloadAsync(Cache(loops: 1), TestContext.Current.CancellationToken);

        Assert.Equal("3\r\n", client.Ask("incr n 1\r\n"));
    }

    [Fact]
    public async Task Start_OfACacheWithoutAStore_IsRefused()
    {
        var failure = await Assert.ThrowsAsync<ArgumentException>(() =>
            TestProxy.StartAsync(Cache(loops: 1), TestProxy.Services));

        Assert.Contains("'store' needs a store", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Http_OfAClientsGet_IsAskedAndAnswers()
    {
        using var server = new ScriptedServer();
        var http = new HttpBackendOptions
        {
            Name = "store",
            Url = new Uri($"http://{server.EndPoint}/values"),
            Timeout = TimeSpan.FromSeconds(30),
        };
        await using var proxy = await StartAsync(Cache(loops: 1) with { Backends = [http] });
        var client = proxy.Connect();

        client.Send("get a/b\r\n");
        var connection = server.Accept();
        connection.Expect("GET /values/a%2Fb HTTP/1.1\r\n");
        connection.Send("HTTP/1.1 200 OK\r\nX-Memcached-Flags: 3\r\nContent-Length: 2\r\n\r\nhi");

        Assert.Equal("VALUE a/b 3 2\r\nhi\r\nEND\r\n", client.ReadUntil("END\r\n"));
    }

    [Fact]
    public async Task Reload_WithoutABackendThatIsAsked_LetsItAnswer()
    {
        using var server = new ScriptedServer();
        var http = new HttpBackendOptions
        {
            Name = "store",
            Url = new Uri($"http://{server.EndPoint}/"),
            Timeout = TimeSpan.FromSeconds(30),
        };
        await using var proxy = await StartAsync(Cache(loops: 1) with { Backends = [http] });
        var client = proxy.Connect();
        client.Send("get a\r\n");
        var connection = server.Accept();

        await proxy.Proxy.ReloadAsync(Cache(loops: 1), TestContext.Current.CancellationToken);
        connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");

        Assert.Equal("VALUE a 0 1\r\nx\r\nEND\r\n", client.ReadUntil("END\r\n"));
        Assert.Equal("END\r\n", client.Ask("get a\r\n"));
    }

    private static MemcachedProxyOptions Cache(int loops) =>
        TestProxy.Options(new IPEndPoint(IPAddress.Loopback, 1)) with
        {
            Backends = [new CacheBackendOptions { Name = "store" }],
            Routes = [new RouteOptions { Name = "all", Backend = "store" }],
            Loops = loops,
        };

    private Task<TestProxy> StartAsync(MemcachedProxyOptions options) => TestProxy.StartAsync(
        options, TestProxy.Services with { Time = _clock, Cache = new MemoryTier(_clock) });
}
