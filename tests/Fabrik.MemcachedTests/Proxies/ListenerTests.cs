using System.Net;
using System.Net.Sockets;
using Fabrik.Memcached.Configuration;
using Xunit;

namespace Fabrik.MemcachedTests.Proxies;

/// <summary>How clients come in: where, how many, and with what they show.</summary>
public sealed class ListenerTests
{
    private const string Wrong = "CLIENT_ERROR authentication failure\r\n";
    private const string Unknown = "CLIENT_ERROR unauthenticated\r\n";

    private static readonly MemcachedCredentials Credentials = new("user", "secret");

    [Fact]
    public async Task Listener_OfASocketFile_ServesAndRemovesTheFile()
    {
        using var server = new ScriptedServer();
        var folder = Directory.CreateTempSubdirectory("fabrik-memcached").FullName;
        var path = new UnixDomainSocketEndPoint(Path.Combine(folder, "socket"));
        var options = TestProxy.Options(server.EndPoint) with
        {
            Listeners = [new ListenerOptions { Name = "unix", EndPoint = path }],
        };
        await using (var proxy = await TestProxy.StartAsync(options))
        {
            using var client = new TestClient(path);
            Assert.Equal("VERSION 1.6.18-fabrik-0.1.0\r\n", client.Ask("version\r\n"));
        }

        Assert.Empty(Directory.GetFiles(folder));
        Directory.Delete(folder);
    }

    [Fact]
    public async Task Client_AboveTheLimit_IsToldSoAndClosed()
    {
        using var server = new ScriptedServer();
        await using var proxy = await TestProxy.StartAsync(TestProxy.Options(server.EndPoint) with
        {
            Limits = new ClientLimits { MaxClients = 1 },
        });
        var first = proxy.Connect();
        Assert.Equal("VERSION 1.6.18-fabrik-0.1.0\r\n", first.Ask("version\r\n"));

        var second = proxy.Connect();
        Assert.Equal("ERROR Too many open connections\r\n", second.ReadLine());
        Assert.True(second.IsEnded());
        first.Dispose();
        for (var i = 0; i < 1000 && proxy.Proxy.Clients > 0; i++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.Equal("VERSION 1.6.18-fabrik-0.1.0\r\n", proxy.Connect().Ask("version\r\n"));
    }

    [Theory]
    [InlineData("set auth 0 0 11\r\nuser secret\r\n", "STORED\r\n", "VERSION 1.6.18-fabrik-0.1.0\r\n")]
    [InlineData("set auth 0 0 10\r\nuser wrong\r\n", Wrong, Unknown)]
    [InlineData("set auth 0 0 4\r\nuser\r\n", Wrong, Unknown)]
    [InlineData("get auth\r\n", Unknown, Unknown)]
    public async Task Client_OfAListenerWithCredentials_HasToShowThem(string shown, string answer, string then)
    {
        using var server = new ScriptedServer();
        await using var proxy = await TestProxy.StartAsync(WithCredentials(server));
        var client = proxy.Connect();

        Assert.Equal(answer, client.Ask(shown));
        Assert.Equal(then, client.Ask("version\r\n"));
    }

    [Fact]
    public async Task Client_ThatHasYetToShowThem_CannotMakeTheProxyKeepMuch()
    {
        using var server = new ScriptedServer();
        await using var proxy = await TestProxy.StartAsync(WithCredentials(server));
        var client = proxy.Connect();

        // Answered before the value is there.
        Assert.Equal("SERVER_ERROR object too large for cache\r\n", client.Ask("set auth 0 0 4097\r\n"));
        client.Send(new string('x', 4097) + "\r\n");
        Assert.Equal("STORED\r\n", client.Ask("set auth 0 0 11\r\nuser secret\r\n"));
        client.Send("set large 0 0 4097\r\n" + new string('x', 4097) + "\r\n");
        server.Accept().Expect("set large 0 0 4097\r\n");
    }

    [Theory]
    [InlineData("secret", 0)]
    [InlineData("wrong", 0x20)]
    public async Task Client_ThatShowsThemBySasl_IsAnsweredByStatus(string password, int status)
    {
        using var server = new ScriptedServer();
        await using var proxy = await TestProxy.StartAsync(WithCredentials(server));
        var client = proxy.Connect();

        client.Send(BinaryPackets.Request(0x21, "PLAIN", $"\0user\0{password}", opaque: 7));

        Assert.Equal(status, BinaryPackets.Read(client).Status);
    }

    [Fact]
    public async Task Commands_AboutTheProxy_AreAnsweredByIt()
    {
        using var server = new ScriptedServer();
        await using var proxy = await TestProxy.StartAsync(server.EndPoint);
        var client = proxy.Connect();

        Assert.Equal("OK\r\n", client.Ask("verbosity 1\r\n"));
        Assert.Equal("SERVER_ERROR flush_all is not enabled\r\n", client.Ask("flush_all\r\n"));
        Assert.Equal("ERROR\r\n", client.Ask("config get cluster\r\n"));
        Assert.Equal("ERROR\r\n", client.Ask("nonsense\r\n"));
        client.Send("stats\r\n");
        Assert.Contains("STAT curr_connections 1\r\n", client.ReadUntil("END\r\n"), StringComparison.Ordinal);
        client.Send("stats backends\r\n");
        Assert.Contains("STAT pool/server:1:requests 0\r\n", client.ReadUntil("END\r\n"), StringComparison.Ordinal);
        client.Send("quit\r\n");
        Assert.True(client.IsEnded());
    }

    [Fact]
    public async Task FlushAll_WhereItIsAllowed_GoesToTheServers()
    {
        using var server = new ScriptedServer();
        await using var proxy = await TestProxy.StartAsync(
            TestProxy.Options(server.EndPoint) with { AllowFlushAll = true });
        var client = proxy.Connect();

        client.Send("flush_all\r\n");
        var connection = server.Accept();
        connection.Expect("flush_all\r\n");
        connection.Send("OK\r\n");

        Assert.Equal("OK\r\n", client.ReadLine());
    }

    [Theory]
    [InlineData("set a 0 0 100000\r\n", "delete a\r\n", "NOT_FOUND\r\n")]
    [InlineData("ms a 100000\r\n", "delete a\r\n", "DELETED\r\n")]
    [InlineData("ms YQ== 100000 b\r\n", "md YQ== b\r\n", "HD\r\n")]
    [InlineData("add a 0 0 100000\r\n", "", "")]
    public async Task Value_AboveTheLimit_IsPassedOverAndLeavesNoOldOne(string sent, string received, string answer)
    {
        using var server = new ScriptedServer();
        await using var proxy = await TestProxy.StartAsync(TestProxy.Options(server.EndPoint) with
        {
            Limits = new ClientLimits { MaxValueSize = 1000 },
        });
        var client = proxy.Connect();

        client.Send($"{sent}{new string('x', 100_000)}\r\nversion\r\n");
        if (received.Length > 0)
        {
            var connection = server.Accept();
            connection.Expect(received);
            connection.Send(answer);
        }

        Assert.Equal("SERVER_ERROR object too large for cache\r\n", client.ReadLine());
        Assert.Equal("VERSION 1.6.18-fabrik-0.1.0\r\n", client.ReadLine());
    }

    [Fact]
    public async Task Stats_OfWhatOnlyTheServerKnows_AreTheServers()
    {
        using var server = new ScriptedServer();
        await using var proxy = await TestProxy.StartAsync(server.EndPoint);
        var client = proxy.Connect();

        client.Send("stats slabs\r\n");
        var connection = server.Accept();
        connection.Expect("stats slabs\r\n");
        connection.Send("STAT 1:chunk_size 96\r\nSTAT 1:used 7\r\nEND\r\n");

        Assert.Equal("STAT 1:chunk_size 96\r\nSTAT 1:used 7\r\nEND\r\n", client.ReadUntil("END\r\n"));
    }

    [Fact]
    public async Task Keys_OfALineOfAllThereMayBe_AreAllAsked()
    {
        Assert.SkipUnless(RealMemcached.IsInstalled, "memcached is missing: apt-get install memcached");
        using var server = RealMemcached.Start();
        await using var proxy = await TestProxy.StartAsync(server.EndPoint);
        var client = proxy.Connect();
        client.Ask("set foobarbaz 0 0 2\r\nhi\r\n");

        client.Send($"get{string.Concat(Enumerable.Repeat(" foobarbaz", 20_000))}\r\n");

        Assert.Equal(20_000, client.ReadUntil("END\r\n").Split("VALUE foobarbaz 0 2\r\nhi\r\n").Length - 1);
    }

    [Fact]
    public async Task IdleClients_InTheirThousands_HoldNoBlocks()
    {
        using var server = new ScriptedServer();
        await using var proxy = await TestProxy.StartAsync(server.EndPoint);
        var loop = proxy.Proxy.Loops[0].Loop;
        var before = loop.Blocks.HeldBytes;
        for (var i = 0; i < 1000; i++)
        {
            Assert.Equal("VERSION 1.6.18-fabrik-0.1.0\r\n", proxy.Connect().Ask("version\r\n"));
        }

        Assert.Equal(1000, proxy.Proxy.Clients);
        Assert.Equal(before, loop.Blocks.HeldBytes);
    }

    [Fact]
    public async Task Reload_WithAnotherRoute_KeepsClientsAndConnections()
    {
        using var first = new ScriptedServer();
        using var second = new ScriptedServer();
        var options = TestProxy.Options(first.EndPoint);
        await using var proxy = await TestProxy.StartAsync(options);
        var client = proxy.Connect();
        client.Send("get a\r\n");
        var connection = first.Accept();
        connection.Expect("get a\r\n");

        var more = new PoolOptions
        {
            Name = "second",
            Servers = [new ServerOptions("second", 2) { EndPoint = second.EndPoint }],
        };
        await proxy.Proxy.ReloadAsync(
            options with
            {
                Backends = [.. options.Backends, more],
                Routes = [new RouteOptions { Name = "b", Matcher = "b*", Backend = "second" }, .. options.Routes],
            },
            TestContext.Current.CancellationToken);
        connection.Send("END\r\n");
        Assert.Equal("END\r\n", client.ReadLine());
        client.Send("delete a\r\ndelete b\r\n");
        connection.Expect("delete a\r\n");
        connection.Send("DELETED\r\n");
        var other = second.Accept();
        other.Expect("delete b\r\n");
        other.Send("NOT_FOUND\r\n");

        Assert.Equal("DELETED\r\nNOT_FOUND\r\n", client.Read("DELETED\r\nNOT_FOUND\r\n".Length));
    }

    [Fact]
    public async Task Reload_WithoutAServer_LetsItFinish()
    {
        using var first = new ScriptedServer();
        using var second = new ScriptedServer();
        var options = TestProxy.Options(first.EndPoint);
        await using var proxy = await TestProxy.StartAsync(options);
        var client = proxy.Connect();
        client.Send("get a\r\n");
        var connection = first.Accept();
        connection.Expect("get a\r\n");

        await proxy.Proxy.ReloadAsync(
            TestProxy.Options(second.EndPoint) with { Listeners = options.Listeners },
            TestContext.Current.CancellationToken);
        connection.Send("VALUE a 0 1\r\nx\r\nEND\r\n");

        Assert.Equal("VALUE a 0 1\r\nx\r\nEND\r\n", client.ReadUntil("END\r\n"));
        Assert.True(connection.IsEnded());
    }

    [Fact]
    public async Task Drain_WithARequestUnderWay_AnswersIt()
    {
        using var server = new ScriptedServer();
        await using var proxy = await TestProxy.StartAsync(server.EndPoint);
        var endPoint = proxy.EndPoint;
        var client = proxy.Connect();
        client.Send("get a\r\n");
        var connection = server.Accept();
        connection.Expect("get a\r\n");

        var draining = proxy.Proxy.DrainAsync(TimeSpan.FromSeconds(30));
        connection.Send("END\r\n");

        Assert.Equal("END\r\n", client.ReadLine());
        Assert.True(client.IsEnded());
        await draining;
        Assert.Throws<SocketException>(() => new TestClient(endPoint));
    }

    private static MemcachedProxyOptions WithCredentials(ScriptedServer server) =>
        TestProxy.Options(server.EndPoint) with
        {
            Listeners =
            [
                new ListenerOptions
                {
                    Name = "main",
                    EndPoint = new IPEndPoint(IPAddress.Loopback, 0),
                    Credentials = Credentials,
                },
            ],
        };
}
