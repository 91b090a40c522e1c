using System.Net;
using Fabrik.Memcached;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Proxy;
using Fabrik.MemcachedTests.Discovery;
using Fabrik.MemcachedTests.Proxies;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.MemcachedTests.Servers;

/// <summary>Connections to servers that end by their age, as clients and servers see it.</summary>
public sealed class ConnectionAgeTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    private readonly TestClock _clock = new();
    private readonly ScriptedServer _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Connection_ThatIsUnused_EndsAndIsReplacedOnDemand()
    {
        await using var proxy = await StartAsync(new ConnectionOptions { IdleTimeout = Minute });
        var client = proxy.Connect();
        using var first = AnswerFirst(client);

        await _clock.AdvanceUntilAsync(Step, Task.Run(() => Assert.True(first.IsEnded())));

        using var second = AnswerFirst(client);
        AssertNothingBroke(proxy, connects: 2);
    }

    [Fact]
    public async Task Connection_ThatIsUsed_IsNotUnused()
    {
        await using var proxy = await StartAsync(new ConnectionOptions { IdleTimeout = Minute });
        var client = proxy.Connect();
        using var connection = AnswerFirst(client);
        for (var i = 0; i < 10; i++)
        {
            _clock.Advance(Minute * 0.7);
            Answer(client, connection);
        }

        AssertNothingBroke(proxy, connects: 1);
    }

    [Fact]
    public async Task Connection_WhoseServerThinksLong_IsNotUnused()
    {
        await using var proxy = await StartAsync(new ConnectionOptions { IdleTimeout = Minute });
        var client = proxy.Connect();
        using var connection = AnswerFirst(client);
        client.Send("get k\r\n");
        connection.Expect("get k\r\n");
        for (var i = 0; i < 10; i++)
        {
            _clock.Advance(Minute);
            Turn(proxy);
        }

        connection.Send("END\r\n");
        Assert.Equal("END\r\n", client.ReadLine());
        AssertNothingBroke(proxy, connects: 1);
    }

    [Fact]
    public async Task Connection_ThatIsOld_AnswersWhatItTookAndTakesNoMore()
    {
        await using var proxy = await StartAsync(new ConnectionOptions { MaxLifetime = Minute });
        var (client, other) = (proxy.Connect(), proxy.Connect());
        using var old = AnswerFirst(client);
        client.Send("get slow\r\n");
        old.Expect("get slow\r\n");
        for (var i = 0; i < 8; i++)
        {
            _clock.Advance(Minute / 4);
            Turn(proxy);
        }

        using var young = AnswerFirst(other);
        old.Send("VALUE slow 0 2\r\nhi\r\nEND\r\n");

        Assert.Equal("VALUE slow 0 2\r\nhi\r\nEND\r\n", client.ReadUntil("END\r\n"));
        Assert.True(old.IsEnded());
        Answer(client, young);
        AssertNothingBroke(proxy, connects: 2);
    }

    [Fact]
    public async Task Connection_ThatIsOldThoughUsed_Ends()
    {
        await using var proxy = await StartAsync(
            new ConnectionOptions { IdleTimeout = Minute * 10, MaxLifetime = Minute });
        var client = proxy.Connect();
        using var first = AnswerFirst(client);

        await _clock.AdvanceUntilAsync(Step, Task.Run(() => Assert.True(first.IsEnded())));

        using var second = AnswerFirst(client);
        AssertNothingBroke(proxy, connects: 2);
    }

    [Fact]
    public async Task Connection_WithoutLimits_StaysForDays()
    {
        await using var proxy = await StartAsync(new ConnectionOptions());
        var client = proxy.Connect();
        using var connection = AnswerFirst(client);
        _clock.Advance(TimeSpan.FromDays(10));
        Turn(proxy);

        Answer(client, connection);
        AssertNothingBroke(proxy, connects: 1);
    }

    [Fact]
    public async Task Connection_MadeAnew_GoesWhereTheNamePointsByThen()
    {
        var dns = new ScriptedResolver();
        dns.Set("mc", "127.0.0.2");
        using var elsewhere = new ScriptedServer(IPAddress.Parse("127.0.0.2"), 0);
        using var here = new ScriptedServer(IPAddress.Loopback, elsewhere.Port);
        var options = Options(new ConnectionOptions { MaxLifetime = Minute });
        var pool = (PoolOptions)options.Backends[0] with { Servers = [new ServerOptions("mc", elsewhere.Port)] };
        await using var proxy = await TestProxy.StartAsync(
            options with { Backends = [pool] }, Services() with { Resolver = dns });
        var client = proxy.Connect();
        client.Send("get k\r\n");
        using var first = elsewhere.Accept();
        Finish(client, first);

        dns.Set("mc", "127.0.0.1");
        await _clock.AdvanceUntilAsync(Step, Task.Run(() => Assert.True(first.IsEnded())));
        client.Send("get k\r\n");
        using var second = here.Accept();

        Finish(client, second);
    }

    private static void Answer(TestClient client, ScriptedServer.Connection connection)
    {
        client.Send("get k\r\n");
        Finish(client, connection);
    }

    private static void Finish(TestClient client, ScriptedServer.Connection connection)
    {
        connection.Expect("get k\r\n");
        connection.Send("END\r\n");
        Assert.Equal("END\r\n", client.ReadLine());
    }

    // An answer of the proxy's own: its loop has seen what the time is by now.
    private static void Turn(TestProxy proxy)
    {
        using var client = proxy.Connect();
        Assert.StartsWith("VERSION", client.Ask("version\r\n"), StringComparison.Ordinal);
    }

    private static void AssertNothingBroke(TestProxy proxy, int connects)
    {
        var counters = Assert.Single(Assert.Single(proxy.Proxy.Loops).Servers).Counters;
        Assert.Equal((connects, 0, 0), (counters.Connects, counters.Breaks, counters.Failures));
    }

    private ScriptedServer.Connection AnswerFirst(TestClient client)
    {
        client.Send("get k\r\n");
        var connection = _server.Accept();
        Finish(client, connection);
        return connection;
    }

    private MemcachedProxyOptions Options(ConnectionOptions connections) => TestProxy.Options(
        _server.EndPoint,
        connections with { ReplyTimeout = TimeSpan.FromDays(1), ConnectTimeout = TimeSpan.FromDays(1) });

    private MemcachedProxyServices Services() => TestProxy.Services with
    {
        Time = _clock,
        Watch = static (_, _, _) => AlwaysUsable.Instance,
    };

    private Task<TestProxy> StartAsync(ConnectionOptions connections) =>
        TestProxy.StartAsync(Options(connections), Services());
}
