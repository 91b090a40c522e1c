using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Health;
using Fabrik.Memcached.Servers;
using Fabrik.MemcachedTests.Proxies;
using Fabrik.Testing;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Fabrik.MemcachedTests.Health;

public sealed class ServerProbeTests : IDisposable
{
    private readonly TestClock _clock = new();
    private readonly CollectingLogs _logs = new(LogLevel.Warning);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _logs.Dispose();

    [Theory]
    [InlineData("VERSION 1.6.18\r\n", null)]
    [InlineData("SERVER_ERROR busy\r\n", ServerFailure.BadReply)]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n", ServerFailure.BadReply)]
    internal async Task AskAsync_OfAServer_TellsHowItAnswers(string answer, ServerFailure? expected)
    {
        using var server = new ScriptedServer();
        var probe = Ask(server);
        using var connection = server.Accept();
        connection.Expect("version\r\n");
        connection.Send(answer);

        Assert.Equal(expected, await probe);
    }

    [Fact]
    public async Task AskAsync_OfAServerThatHangs_IsTimedOut()
    {
        using var server = new ScriptedServer();
        var probe = Ask(server);
        using var connection = server.Accept();
        connection.Expect("version\r\n");

        await _clock.AdvanceUntilAsync(TimeSpan.FromSeconds(1), probe);

        Assert.Equal(ServerFailure.TimedOut, await probe);
    }

    [Fact]
    public async Task AskAsync_OfAServerThatEndsTheConnection_IsClosed()
    {
        using var server = new ScriptedServer();
        var probe = Ask(server);
        server.Accept().Dispose();

        Assert.Equal(ServerFailure.Closed, await probe);
    }

    [Fact]
    public async Task AskAsync_OfNobody_IsUnreachable()
    {
        int port;
        using (var gone = new ScriptedServer())
        {
            port = gone.Port;
        }

        var server = new ServerOptions("127.0.0.1", port);
        Assert.Equal(ServerFailure.Unreachable, await Ask(server, new ConnectionOptions()));
    }

    [Fact]
    public async Task AskAsync_WithCredentials_ShowsThem()
    {
        using var server = new ScriptedServer();
        var connections = new ConnectionOptions { Credentials = new MemcachedCredentials("user", "secret") };
        var probe = Ask(new ServerOptions("127.0.0.1", server.Port), connections);
        using var connection = server.Accept();
        connection.Expect("set auth 0 0 11\r\nuser secret\r\n");
        connection.Send("STORED\r\n");
        connection.Expect("version\r\n");
        connection.Send("VERSION 1\r\n");

        Assert.Null(await probe);
    }

    [Fact]
    public async Task AskAsync_WithCredentialsOfAServerThatSpeaksBinaryOnly_AsksInBinary()
    {
        using var server = new ScriptedServer();
        var connections = new ConnectionOptions { Credentials = new MemcachedCredentials("user", "secret") };
        var probe = Ask(new ServerOptions("127.0.0.1", server.Port), connections);
        using var first = server.Accept();
        first.Expect("set auth 0 0 11\r\nuser secret\r\n");
        first.Dispose();
        using var second = server.Accept();
        second.Expect("\u0080\u0021\0\u0005\0\0\0\0\0\0\0\u0011\0\0\0\0\0\0\0\0\0\0\0\0PLAIN\0user\0secret");
        second.Send("\u0081\u0020" + new string('\0', 22));

        Assert.Equal(ServerFailure.BadReply, await probe);
    }

    [Fact]
    public async Task AskAsync_WithCredentialsThatAreRefused_DoesNotAskInBinary()
    {
        using var server = new ScriptedServer();
        var connections = new ConnectionOptions { Credentials = new MemcachedCredentials("user", "secret") };
        var probe = Ask(new ServerOptions("127.0.0.1", server.Port), connections);
        using var connection = server.Accept();
        connection.Expect("set auth 0 0 11\r\nuser secret\r\n");
        connection.Send("CLIENT_ERROR authentication failure\r\n");

        Assert.Equal(ServerFailure.Refused, await probe.WaitAsync(TimeSpan.FromSeconds(30), Cancellation));
        Assert.True(connection.IsEnded());
        Assert.Equal(
            $"pool: 127.0.0.1:{server.Port} cannot be spoken to: The server does not take the credentials.",
            Assert.Single(_logs.Lines));
    }

    [Fact]
    public async Task AskAsync_WithCredentialsThatSaslRefuses_IsRefused()
    {
        using var server = new ScriptedServer();
        var connections = new ConnectionOptions { Credentials = new MemcachedCredentials("user", "secret") };
        var probe = Ask(new ServerOptions("127.0.0.1", server.Port), connections);
        using (var text = server.Accept())
        {
            text.ExpectLine();
        }

        using var binary = server.Accept();
        binary.Read(24);
        binary.Send("\u0081\u0021\0\0\0\0\0\u0020" + new string('\0', 16));

        Assert.Equal(ServerFailure.Refused, await probe.WaitAsync(TimeSpan.FromSeconds(30), Cancellation));
    }

    private Task<ServerFailure?> Ask(ScriptedServer server) =>
        Ask(new ServerOptions("127.0.0.1", server.Port), new ConnectionOptions());

    private Task<ServerFailure?> Ask(ServerOptions server, ConnectionOptions connections)
    {
        var pool = new PoolOptions { Name = "pool", Connections = connections };
        var health = new ServerHealth(pool, server, _clock, static _ => { });
        return new ServerProbe(_clock, _logs).AskAsync(health, Cancellation);
    }
}
