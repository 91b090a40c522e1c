using System.Net.Sockets;
using Fabrik.Memcached;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Proxy;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.MemcachedTests.Proxies;

/// <summary>How long clients may be silent, and how much may wait for a server.</summary>
public sealed class ConnectionLimitsTests : IDisposable
{
    private static readonly ConnectionOptions Patient = new()
    {
        ConnectTimeout = TimeSpan.FromDays(1),
        ReplyTimeout = TimeSpan.FromDays(1),
    };

    private readonly TestClock _clock = new();
    private readonly ScriptedServer _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Client_ThatIsSilentForTooLong_IsLetGo()
    {
        var limits = new ClientLimits { IdleTimeout = TimeSpan.FromMinutes(1) };
        await using var proxy = await StartAsync(Patient, limits);
        var silent = proxy.Connect();
        Ask(silent);
        var busy = proxy.Connect();
        for (var i = 0; i < 4; i++)
        {
            Ask(busy);
            _clock.Advance(TimeSpan.FromSeconds(20));
        }

        Ask(busy);
        await Wait.UntilAsync(() => proxy.Proxy.Clients == 1);

        Assert.True(silent.IsEnded());
        Ask(busy);
    }

    [Fact]
    public async Task Client_ThatWaitsForAnAnswer_IsNotSilent()
    {
        var limits = new ClientLimits { IdleTimeout = TimeSpan.FromMinutes(1) };
        await using var proxy = await StartAsync(Patient, limits);
        var (waiting, silent, busy) = (proxy.Connect(), proxy.Connect(), proxy.Connect());
        waiting.Send("get a\r\n");
        var connection = _server.Accept();
        connection.Expect("get a\r\n");
        Ask(silent);
        Ask(busy);

        // An answer of the proxy's own: its loop has seen what the time is by now.
        for (var i = 0; i < 6; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(20));
            Ask(busy);
        }

        Assert.True(silent.IsEnded());
        connection.Send("END\r\n");
        Assert.Equal("END\r\n", waiting.ReadLine());
    }

    [Fact]
    public async Task Client_ThatTakesItsAnswerPieceByPiece_IsNotSilent()
    {
        // A Unix socket holds little of what is not read yet, and no more as time goes by.
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        var limits = new ClientLimits { IdleTimeout = TimeSpan.FromMinutes(1) };
        await using var proxy = await TestProxy.StartAsync(
            Options(Patient, limits) with
            {
                Listeners = [new ListenerOptions { Name = "main", EndPoint = new UnixDomainSocketEndPoint(path) }],
            },
            Services);
        var client = proxy.Connect();
        client.Send("get a\r\n");
        var connection = _server.Accept();
        connection.Expect("get a\r\n");
        var answer = $"VALUE a 0 1000000\r\n{new string('v', 1_000_000)}\r\nEND\r\n";
        connection.Send(answer);
        var received = "";
        for (long seen = 0; received.Length < answer.Length;)
        {
            var part = client.Read(Math.Min(50_000, answer.Length - received.Length));
            Assert.NotEmpty(part);
            received += part;
            var sent = proxy.Proxy.Statistics.Sum(static counters => Volatile.Read(ref counters.BytesSent));
            if (sent > seen)
            {
                seen = sent;
                _clock.Advance(TimeSpan.FromSeconds(25));
            }
        }

        Assert.True(answer == received);
    }

    [Fact]
    public async Task Client_OfAProxyThatLearnsToWaitLess_IsLetGoByTheNewTime()
    {
        await using var proxy = await StartAsync(Patient, new ClientLimits { IdleTimeout = TimeSpan.FromHours(4) });
        var client = proxy.Connect();
        Ask(client);

        await proxy.Proxy.ReloadAsync(
            Options(Patient, new ClientLimits { IdleTimeout = TimeSpan.FromMinutes(1) }),
            TestContext.Current.CancellationToken);
        _clock.Advance(TimeSpan.FromMinutes(2));

        Assert.True(client.IsEnded());
    }

    [Fact]
    public async Task Request_BeyondWhatMayWaitForAServer_FailsAtOnce()
    {
        await using var proxy = await StartAsync(Patient with { MaxPending = 2 });
        var client = proxy.Connect();
        client.Send("get a\r\ndelete b\r\n");
        var connection = _server.Accept();
        connection.Expect("get a\r\ndelete b\r\n");

        Assert.Equal(
            "SERVER_ERROR backend pool/server:1 is overloaded\r\n", proxy.Connect().Ask("get c\r\n"));

        connection.Send("END\r\nDELETED\r\n");
        Assert.Equal("END\r\nDELETED\r\n", client.ReadUntil("DELETED\r\n"));
    }

    private static void Ask(TestClient client) =>
        Assert.StartsWith("VERSION", client.Ask("version\r\n"), StringComparison.Ordinal);

    private Task<TestProxy> StartAsync(ConnectionOptions connections, ClientLimits? limits = null) =>
        TestProxy.StartAsync(Options(connections, limits ?? new ClientLimits()), Services);

    private MemcachedProxyOptions Options(ConnectionOptions connections, ClientLimits limits) =>
        TestProxy.Options(_server.EndPoint, connections) with { Limits = limits };

    private MemcachedProxyServices Services =>
        TestProxy.Services with { Time = _clock, Watch = static (_, _, _) => AlwaysUsable.Instance };
}
