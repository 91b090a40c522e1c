using System.Text;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Warming;
using Fabrik.MemcachedTests.Proxies;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.MemcachedTests.Warming;

public sealed class KeyDumpTests
{
    private readonly TestClock _clock = new();
    private int _steps;

    [Theory]
    [InlineData("key=user:42 exp=-1 la=1 cas=2 fetch=no cls=1 size=63", "user:42")]
    [InlineData("key=a%20b%2F%c3%A9 exp=-1", "a b/\u00c3\u00a9")]
    [InlineData("key=100%", "100%")]
    [InlineData("key=a%2", "a%2")]
    [InlineData("key=a%zz", "a%zz")]
    [InlineData("key=", null)]
    [InlineData("END", null)]
    [InlineData("", null)]
    public void TryReadKey_OfALine_GivesTheKey(string line, string? expected)
    {
        Assert.Equal(expected is not null, KeyDump.TryReadKey(Encoding.Latin1.GetBytes(line), out var key));
        Assert.Equal(expected ?? "", Encoding.Latin1.GetString(key));
    }

    [Fact]
    public async Task KeysAsync_OfTwoServers_GivesTheKeysOfBoth()
    {
        using var first = new ScriptedServer();
        using var second = new ScriptedServer();
        var keys = KeysAsync(first, second);
        using var one = first.Accept();
        one.Expect("lru_crawler metadump all\r\n");
        one.Send("key=a exp=-1 la=1\nkey=b exp=1 la=1\n");
        one.Send("END\r\n");
        using var two = second.Accept();
        two.Expect("lru_crawler metadump all\r\n");
        two.Send("END\r\n");

        Assert.Equal("a b", await keys);
    }

    [Fact]
    public async Task KeysAsync_OfABusyServer_AsksAgain()
    {
        using var server = new ScriptedServer();
        var keys = KeysAsync(server);
        using var first = server.Accept();
        first.Expect("lru_crawler metadump all\r\n");
        first.Send("BUSY currently processing crawler request\r\n");
        Assert.True(first.IsEnded());
        var accepted = Task.Run(server.Accept, TestContext.Current.CancellationToken);
        await Wait.UntilAsync(() => HasComeBack(accepted));
        using var second = await accepted;
        second.Send("key=a exp=-1\nEND\r\n");

        Assert.Equal("a", await keys);
    }

    // The time goes on in steps, and not so far that a server which was asked again counts as silent.
    private bool HasComeBack(Task accepted)
    {
        if (!accepted.IsCompleted && _steps++ < 250)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(200));
        }

        return accepted.IsCompleted;
    }

    [Theory]
    [InlineData("ERROR\r\n")]
    [InlineData("CLIENT_ERROR lru crawler disabled\r\n")]
    public async Task KeysAsync_OfAServerThatCannot_Fails(string answer)
    {
        using var server = new ScriptedServer();
        var keys = KeysAsync(server);
        using var connection = server.Accept();
        connection.Send(answer);

        await Assert.ThrowsAsync<InvalidDataException>(() => keys);
    }

    [Fact]
    public async Task KeysAsync_WhereTheConnectionEnds_Fails()
    {
        using var server = new ScriptedServer();
        var keys = KeysAsync(server);
        var connection = server.Accept();
        connection.Expect("lru_crawler metadump all\r\n");
        connection.Send("key=a exp=-1\n");
        connection.Dispose();

        await Assert.ThrowsAnyAsync<IOException>(() => keys);
    }

    private async Task<string> KeysAsync(params ScriptedServer[] servers)
    {
        var pool = new PoolOptions
        {
            Name = "pool",
            Servers = [.. servers.Select(static server => new ServerOptions("127.0.0.1", server.Port))],
        };
        var keys = new List<string>();
        await foreach (var key in new KeyDump(_clock).KeysAsync(pool, TestContext.Current.CancellationToken))
        {
            keys.Add(Encoding.ASCII.GetString(key));
        }

        return string.Join(' ', keys);
    }
}
