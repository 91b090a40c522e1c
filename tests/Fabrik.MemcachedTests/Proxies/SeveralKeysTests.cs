using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Proxy;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.MemcachedTests.Proxies;

/// <summary>One line for several keys, which are at two servers.</summary>
public sealed class SeveralKeysTests : IDisposable
{
    private static readonly string[] Keys = [.. Enumerable.Range(0, 20).Select(static i => $"key:{i}")];

    private readonly ScriptedServer _first = new();
    private readonly ScriptedServer _second = new();

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    [Fact]
    public async Task Get_OfKeysAtTwoServers_AsksBothAtOnceAndAnswersInTheClientsOrder()
    {
        await using var proxy = await TestProxy.StartAsync(Options(PartialFailure.Miss));
        var client = proxy.Connect();
        var (first, second) = Ask(client, "get");

        // The second one answers though the first one has not.
        second.Connection.Send(Values(second.Keys) + "END\r\n");
        first.Connection.Send(Values(first.Keys.Skip(1)) + "END\r\n");

        Assert.Equal(Values(Keys.Where(key => key != first.Keys[0])) + "END\r\n", client.ReadUntil("END\r\n"));
    }

    [Fact]
    public async Task Get_WhereAFailureIsAnError_IsThatError()
    {
        await using var proxy = await TestProxy.StartAsync(Options(PartialFailure.Error));
        var client = proxy.Connect();
        var (first, second) = Ask(client, "get");

        first.Connection.Send(Values(first.Keys) + "END\r\n");
        second.Connection.Send("SERVER_ERROR out of memory\r\n");

        Assert.Equal("SERVER_ERROR out of memory\r\n", client.ReadLine());
        Assert.StartsWith("VERSION", client.Ask("version\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_WithAServerThatIsSilent_MissesItsKeysOnly()
    {
        var clock = new TestClock();
        var patience = new ConnectionOptions
        {
            ConnectTimeout = TimeSpan.FromDays(1),
            ReplyTimeout = TimeSpan.FromSeconds(10),
        };
        await using var proxy = await TestProxy.StartAsync(
            Options(PartialFailure.Miss, patience),
            TestProxy.Services with { Time = clock, Watch = static (_, _, _) => AlwaysUsable.Instance });
        var client = proxy.Connect();
        var (first, _) = Ask(client, "get");

        first.Connection.Send(Values(first.Keys) + "END\r\n");
        await Wait.UntilAsync(() => Assert.Single(proxy.Proxy.Loops).Servers
            .Sum(static server => Volatile.Read(ref server.Counters.Hits)) == first.Keys.Length);
        clock.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal(Values(first.Keys) + "END\r\n", client.ReadUntil("END\r\n"));
    }

    [Theory]
    [InlineData(PartialFailure.Miss)]
    [InlineData(PartialFailure.Error)]
    public async Task Get_WhereAllServersFail_IsTheError(PartialFailure policy)
    {
        await using var proxy = await TestProxy.StartAsync(Options(policy));
        var client = proxy.Connect();
        var (first, second) = Ask(client, "get");

        first.Connection.Send("SERVER_ERROR out of memory\r\n");
        second.Connection.Send("SERVER_ERROR out of memory\r\n");

        Assert.Equal("SERVER_ERROR out of memory\r\n", client.ReadLine());
    }

    private static string Values(IEnumerable<string> keys) =>
        string.Concat(keys.Select(static key => $"VALUE {key} 0 {key.Length}\r\n{key}\r\n"));

    private ((ScriptedServer.Connection Connection, string[] Keys) First, (ScriptedServer.Connection Connection,
        string[] Keys) Second) Ask(TestClient client, string command)
    {
        client.Send($"{command} {string.Join(' ', Keys)}\r\n");
        var (first, second) = (Part(_first.Accept()), Part(_second.Accept()));
        string[] asked = [.. first.Keys, .. second.Keys];
        Assert.Equal(Keys.Order(StringComparer.Ordinal), asked.Order(StringComparer.Ordinal), StringComparer.Ordinal);
        return (first, second);

        (ScriptedServer.Connection Connection, string[] Keys) Part(ScriptedServer.Connection connection) =>
            (connection, connection.ExpectLine().Split(' ')[1..]);
    }

    private MemcachedProxyOptions Options(PartialFailure policy, ConnectionOptions? connections = null)
    {
        var options = TestProxy.Options(_first.EndPoint, connections);
        var pool = (PoolOptions)options.Backends[0] with
        {
            Servers =
            [
                new ServerOptions("first", 1) { EndPoint = _first.EndPoint },
                new ServerOptions("second", 1) { EndPoint = _second.EndPoint },
            ],
        };
        return options with
        {
            Backends = [pool],
            Routes = [new RouteOptions { Name = "all", Backend = "pool", PartialFailure = policy }],
        };
    }
}
