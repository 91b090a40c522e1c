using System.Net.Sockets;
using Fabrik.Memcached;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Proxy;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.MemcachedTests.Proxies;

/// <summary>How long connections stay, and how much may wait on them.</summary>
public sealed class ConnectionLimitsTests : IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);
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
        var client = proxy.Connect();
        client.Send("get a\r\n");
        var connection = _server.Accept();
        connection.Expect("get a\r\n");

        _clock.Advance(TimeSpan.FromMinutes(10));
        connection.Send("END\r\n");

        Assert.Equal("END\r\n", client.ReadLine());
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
    public async Task ServerConnection_ThatIsUnusedForTooLong_IsClosedAndMadeAnew()
    {
        await using var proxy = await StartAsync(Patient with { IdleTimeout = TimeSpan.FromMinutes(1) });
        var client = proxy.Connect();
        using var first = Get(client, "a");

        await EndAsync(first);

        using var second = Get(client, "b");
    }

    [Fact]
    public async Task ServerConnection_ThatIsOld_AnswersWhatWaitsAndIsReplaced()
    {
        await using var proxy = await StartAsync(Patient with { MaxLifetime = TimeSpan.FromMinutes(1) });
        var client = proxy.Connect();
        client.Send("get a\r\n");
        var old = _server.Accept();
        old.Expect("get a\r\n");

        // The time of a loop goes on by its turns: another client makes some.
        var other = proxy.Connect();
        var replaced = Task.Run(_server.Accept, TestContext.Current.CancellationToken);
        while (!replaced.IsCompleted)
        {
            _clock.Advance(Step);
            other.Send("get b\r\n");
            await Task.Yield();
        }

        using var fresh = await replaced;
        old.Send("END\r\n");

        Assert.Equal("END\r\n", client.ReadLine());
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

    private async Task EndAsync(ScriptedServer.Connection connection)
    {
        var ended = Task.Run(connection.IsEnded, TestContext.Current.CancellationToken);
        await _clock.AdvanceUntilAsync(Step, ended);
        Assert.True(await ended);
    }

    private ScriptedServer.Connection Get(TestClient client, string key)
    {
        client.Send($"get {key}\r\n");
        var connection = _server.Accept();
        connection.Expect($"get {key}\r\n");
        connection.Send("END\r\n");
        Assert.Equal("END\r\n", client.ReadLine());
        return connection;
    }

    private Task<TestProxy> StartAsync(ConnectionOptions connections, ClientLimits? limits = null) =>
        TestProxy.StartAsync(Options(connections, limits ?? new ClientLimits()), Services);

    private MemcachedProxyOptions Options(ConnectionOptions connections, ClientLimits limits) =>
        TestProxy.Options(_server.EndPoint, connections) with { Limits = limits };

    private MemcachedProxyServices Services =>
        TestProxy.Services with { Time = _clock, Watch = static (_, _, _) => AlwaysUsable.Instance };
}
