using Fabrik.Memcached.Configuration;
using Xunit;

namespace Fabrik.MemcachedTests.Proxies;

/// <summary>Meta commands that say by a flag which server they are for.</summary>
public sealed class HintTests : IDisposable
{
    private readonly ScriptedServer _near = new();
    private readonly ScriptedServer _far = new();

    public void Dispose()
    {
        _near.Dispose();
        _far.Dispose();
    }

    [Fact]
    public async Task Command_WithAHint_GoesToItsServerWithTheFlag()
    {
        await using var proxy = await TestProxy.StartAsync(Options("Pfar"));
        var client = proxy.Connect();

        client.Send("mg a v Pnear\r\nmg a v Pfar Lx\r\nms b 1 q Pfar\r\nB\r\nmd c\r\nget d\r\n");
        var near = _near.Accept();
        near.Expect("mg a v Pnear\r\nmd c\r\nget d\r\n");
        near.Send("VA 4\r\nnear\r\nHD\r\nEND\r\n");
        var far = _far.Accept();
        far.Expect("mg a v Pfar Lx\r\nms b 1 Pfar\r\nB\r\n");
        far.Send("VA 3\r\nfar\r\nHD\r\n");

        const string Answers = "VA 4\r\nnear\r\nVA 3\r\nfar\r\nHD\r\nEND\r\n";
        Assert.Equal(Answers, client.Read(Answers.Length));
        client.Send("stats routes\r\n");
        var figures = client.ReadUntil("END\r\n");
        Assert.Contains("STAT far:requests 2\r\n", figures, StringComparison.Ordinal);
        Assert.Contains("STAT rest:requests 3\r\n", figures, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_AfterAReload_GoesByTheNewHint()
    {
        await using var proxy = await TestProxy.StartAsync(Options("Pfar"));
        var client = proxy.Connect();

        await proxy.Proxy.ReloadAsync(Options("Lfar"), TestContext.Current.CancellationToken);
        client.Send("md a Pfar\r\nmd b Lfar\r\n");
        var near = _near.Accept();
        near.Expect("md a Pfar\r\n");
        near.Send("HD\r\n");
        var far = _far.Accept();
        far.Expect("md b Lfar\r\n");
        far.Send("NF\r\n");

        Assert.Equal("HD\r\nNF\r\n", client.Read(8));
    }

    [Fact]
    public async Task Value_ThatIsTooLarge_IsDeletedWhereItsHintLeads()
    {
        var options = Options("Pfar");
        await using var proxy = await TestProxy.StartAsync(
            options with { Limits = options.Limits with { MaxValueSize = 1024 } });
        var client = proxy.Connect();

        client.Send($"ms a 2000 Pfar\r\n{new string('x', 2000)}\r\n");
        var far = _far.Accept();
        far.Expect("delete a\r\n");
        far.Send("DELETED\r\n");

        Assert.Equal("SERVER_ERROR object too large for cache\r\n", client.ReadLine());
    }

    private MemcachedProxyOptions Options(string hint)
    {
        var options = TestProxy.Options(_near.EndPoint);
        var pool = (PoolOptions)options.Backends[0];
        return options with
        {
            Backends =
            [
                pool,
                pool with { Name = "far", Servers = [new ServerOptions("far", 1) { EndPoint = _far.EndPoint }] },
            ],
            Routes =
            [
                new RouteOptions { Name = "far", Hint = hint, Backend = "far" },
                new RouteOptions { Name = "rest", Backend = "pool" },
            ],
        };
    }
}
