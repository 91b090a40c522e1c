using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Proxy;
using Fabrik.MemcachedTests.Proxies;
using Fabrik.Testing;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Fabrik.MemcachedTests.Servers;

/// <summary>What is shown to servers, and what becomes of requests where a server does not take it.</summary>
public sealed class CredentialsTests : IDisposable
{
    private const string Shown = "set auth 0 0 11\r\nuser secret\r\n";
    private const string Refused = "SERVER_ERROR backend pool/server:1 refused the credentials\r\n";
    private const string Down = "SERVER_ERROR backend pool/server:1 is down\r\n";
    private const string BinaryGet = "\u0080\0\0\u0001\0\0\0\0\0\0\0\u0001\0\0\0\u0007\0\0\0\0\0\0\0\0k";
    private const string Sasl =
        "\u0080\u0021\0\u0005\0\0\0\0\0\0\0\u0011\0\0\0\0\0\0\0\0\0\0\0\0PLAIN\0user\0secret";

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private readonly TestClock _clock = new();
    private readonly ScriptedServer _server = new();
    private readonly CollectingLogs _logs = new(LogLevel.Debug);

    public void Dispose()
    {
        _server.Dispose();
        _logs.Dispose();
    }

    [Fact]
    public async Task Server_ThatTakesThem_IsAskedOnlyThen()
    {
        await using var proxy = await StartAsync();
        var client = proxy.Connect();
        client.Send("get a\r\nset b 0 0 1\r\nx\r\n");
        using var connection = _server.Accept();
        connection.Expect(Shown);
        connection.Send("STORED\r\n");
        connection.Expect("get a\r\nset b 0 0 1\r\nx\r\n");
        connection.Send("END\r\nSTORED\r\n");

        Assert.Equal("END\r\nSTORED\r\n", client.ReadLine() + client.ReadLine());
    }

    [Theory]
    [InlineData("CLIENT_ERROR authentication failure\r\n")]
    [InlineData("ERROR\r\n")]
    [InlineData("SERVER_ERROR no\r\n")]
    [InlineData("NOT_STORED\r\n")]
    public async Task Server_ThatRefusesThem_FailsWhatWaitsAndIsToldInTheLog(string answer)
    {
        await using var proxy = await StartAsync();
        var client = proxy.Connect();
        client.Send("get a\r\nset b 0 0 1\r\nx\r\n");
        using (var connection = _server.Accept())
        {
            connection.Expect(Shown);
            connection.Send(answer);
            Assert.Equal(Refused + Refused, client.ReadLine() + client.ReadLine());
            Assert.True(connection.IsEnded());
        }

        // It is not asked again at once.
        Assert.Equal(Down, client.Ask("get a\r\n"));
        Assert.Single(
            _logs.Lines, static line => line.Contains("does not take the credentials", StringComparison.Ordinal));
        Assert.DoesNotContain(_logs.Lines, static line => line.Contains("secret", StringComparison.Ordinal));

        _clock.Advance(Step);
        client.Send("get a\r\n");
        using var next = _server.Accept();
        next.Expect(Shown);
        next.Send("STORED\r\n");
        next.Expect("get a\r\n");
        next.Send("END\r\n");
        Assert.Equal("END\r\n", client.ReadLine());
    }

    [Fact]
    public async Task Server_ThatEndsTheConnectionInstead_FailsWhatWaits()
    {
        await using var proxy = await StartAsync();
        var client = proxy.Connect();
        client.Send("get a\r\n");
        using (var connection = _server.Accept())
        {
            connection.Expect(Shown);
        }

        Assert.Equal("SERVER_ERROR backend pool/server:1 cannot be reached\r\n", client.ReadLine());
    }

    [Fact]
    public async Task Server_ThatNeverAnswersThem_IsGivenUpInTime()
    {
        await using var proxy = await StartAsync();
        var client = proxy.Connect();
        client.Send("get a\r\n");
        using var connection = _server.Accept();
        connection.Expect(Shown);
        var answer = Task.Run(client.ReadLine, TestContext.Current.CancellationToken);

        await _clock.AdvanceUntilAsync(Step, answer);

        Assert.Equal("SERVER_ERROR backend pool/server:1 cannot be reached\r\n", await answer);
    }

    [Fact]
    public async Task Server_OfBinaryRequests_IsShownThemBySasl()
    {
        await using var proxy = await StartAsync();
        var client = proxy.Connect();
        client.Send(BinaryGet);
        using var connection = _server.Accept();
        connection.Expect(Sasl);
        connection.Send("\u0081\u0021" + new string('\0', 22));
        connection.Expect(BinaryGet[..12]);
        var opaque = connection.Read(4);
        connection.Expect(BinaryGet[16..]);
        connection.Send("\u0081\0\0\0\0\0\0\u0001\0\0\0\0" + opaque + new string('\0', 8));

        Assert.Equal("\u0081\0\0\0\0\0\0\u0001", client.Read(24)[..8]);
    }

    [Fact]
    public async Task Server_ThatRefusesThemBySasl_FailsBinaryRequests()
    {
        await using var proxy = await StartAsync();
        var client = proxy.Connect();
        client.Send(BinaryGet);
        using var connection = _server.Accept();
        connection.Expect(Sasl);
        connection.Send("\u0081\u0021\0\0\0\0\0\u0020\0\0\0\u000d" + new string('\0', 12) + "Auth failure.");

        var head = client.Read(24);
        Assert.Equal("\u0081\0", head[..2]);
        Assert.False(head[6..8] == "\0\0", "its status is success");
        Assert.Equal("\0\0\0\u0007", head[12..16]);
        Assert.Contains("refused the credentials", client.Read(head[11]), StringComparison.Ordinal);
        Assert.True(connection.IsEnded());
    }

    private Task<TestProxy> StartAsync() => TestProxy.StartAsync(
        TestProxy.Options(_server.EndPoint, new ConnectionOptions
        {
            Credentials = new MemcachedCredentials("user", "secret"),
            ConnectTimeout = TimeSpan.FromSeconds(10),
            ReplyTimeout = TimeSpan.FromHours(1),
        }),
        TestProxy.Services with
        {
            Time = _clock,
            Logs = _logs,
            Watch = static (_, _, _) => AlwaysUsable.Instance,
        });
}
