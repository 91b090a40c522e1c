using System.Text;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Proxy;
using Fabrik.Memcached.SideEffects;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.MemcachedTests.Proxies;

/// <summary>What happens besides the requests of a client, as a second server sees it.</summary>
public sealed class SideEffectTests : IDisposable
{
    private static readonly WriteEffectOptions Write = new() { Name = "effect", Target = "second" };

    private readonly TestClock _clock = new();
    private readonly ScriptedServer _main = new();
    private readonly ScriptedServer _second = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("fabrik-effects").FullName;

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _main.Dispose();
        _second.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Write_OfAClient_ReachesTheTargetAfterTheAnswer()
    {
        await using var proxy = await StartAsync(Write);
        var client = proxy.Connect();

        Answer(client, "set k 5 9 1\r\nx\r\n", "STORED\r\n");

        Assert.Equal("STORED\r\n", client.ReadLine());
        _second.Accept().Expect("set k 5 9 1\r\nx\r\n");
    }

    [Fact]
    public async Task Write_OfAQuietBinaryAdd_IsASetAtTheTarget()
    {
        const string Extras = "\0\0\0\u0005\0\0\0\u0009";
        await using var proxy = await StartAsync(Write);
        var client = proxy.Connect();

        client.Send([.. BinaryPackets.Request(0x12, "k", "x", Extras), .. BinaryPackets.Request(0x0a, "", opaque: 3)]);
        var connection = _main.Accept();
        connection.Expect(Text(BinaryPackets.Request(0x02, "k", "x", Extras)));
        connection.Send(Text(BinaryPackets.Response(0x02, 0)));

        Assert.Equal((0x0a, 0, 3u, ""), BinaryPackets.Read(client));
        _second.Accept().Expect(Text(BinaryPackets.Request(0x01, "k", "x", Extras)));
    }

    [Fact]
    public async Task Write_OfAClientThatHasLeft_ReachesTheTargetAllTheSame()
    {
        await using var proxy = await StartAsync(Write);
        var client = proxy.Connect();

        client.Send("set k 0 0 1\r\nx\r\n");
        var connection = _main.Accept();
        connection.Expect("set k 0 0 1\r\nx\r\n");
        await proxy.Proxy.Loops[0].RunAsync(static loop => loop.Scope.Clients.Single().Abort());
        Assert.True(client.IsEnded());
        connection.Send("STORED\r\n");

        _second.Accept().Expect("set k 0 0 1\r\nx\r\n");
    }

    [Fact]
    public async Task Get_WithReplicateOnHit_AddsTheValueToTheTarget()
    {
        var replicate = new ReplicateOnHitOptions { Name = "effect", Target = "second" };
        await using var proxy = await StartAsync(replicate);
        var client = proxy.Connect();

        var connection = Answer(client, "get k\r\n", "VALUE k 5 1\r\nx\r\nEND\r\n");
        Assert.Equal("VALUE k 5 1\r\nx\r\nEND\r\n", client.ReadUntil("END\r\n"));
        connection.ExpectLine();
        connection.Send("HD f5 t60\r\n");

        _second.Accept().Expect("add k 5 60 1\r\nx\r\n");
    }

    [Fact]
    public async Task Delete_WithHttpPost_IsTold()
    {
        var post = new HttpPostOptions
        {
            Name = "effect",
            Url = new Uri($"http://{_second.EndPoint}/hook"),
            Timeout = TimeSpan.FromSeconds(30),
        };
        await using var proxy = await StartAsync(post);
        var client = proxy.Connect();

        Answer(client, "delete k\r\n", "NOT_FOUND\r\n");
        Assert.Equal("NOT_FOUND\r\n", client.ReadLine());

        var connection = _second.Accept();
        connection.Expect("POST /hook HTTP/1.1\r\n");
        connection.Send("HTTP/1.1 204 No Content\r\n\r\n");
        await Wait.UntilAsync(() => Counters(proxy) == new SideEffectCounters(1, 0, 0));
    }

    [Fact]
    public async Task Delete_ThatFailsAtTheTarget_IsKeptOverAReloadAndSentAgain()
    {
        var write = Write with { SpoolFolder = Path.Combine(_folder, "spool") };
        await using var proxy = await StartAsync(write);
        var client = proxy.Connect();

        Answer(client, "delete k\r\n", "DELETED\r\n");
        Assert.Equal("DELETED\r\n", client.ReadLine());
        var refused = _second.Accept();
        refused.Expect("delete k\r\n");
        refused.Dispose();
        await Wait.UntilAsync(() => proxy.Proxy.Spools().Single().Counters.Kept == 1);
        await proxy.Proxy.ReloadAsync(Options(write with { QueueLimit = 5 }), Ended);

        var again = Task.Run(
            () =>
            {
                var connection = _second.Accept();
                connection.Expect("delete k\r\n");
                connection.Send("NOT_FOUND\r\n");
            },
            Ended);
        await _clock.AdvanceUntilAsync(
            TimeSpan.FromMilliseconds(100), () => proxy.Proxy.Spools().Single().Counters.Replayed == 1);
        await again;
    }

    [Fact]
    public async Task Start_WithTwoSpoolsInOneFolder_IsRefused()
    {
        var write = Write with { SpoolFolder = Path.Combine(_folder, "spool") };
        var options = Options(write);

        var failure = await Assert.ThrowsAsync<ArgumentException>(() => StartAsync(
            options with { SideEffects = [write, write with { Name = "other" }] }));

        Assert.Contains("another one has already", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithASpoolThatCannotBeWritten_NamesEffectAndFolder()
    {
        var file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, "", Ended);

        var failure = await Assert.ThrowsAsync<IOException>(() =>
            StartAsync(Write with { SpoolFolder = Path.Combine(file, "spool") }));

        Assert.StartsWith(
            "side effect 'effect': expected a folder for spool_dir", failure.Message, StringComparison.Ordinal);
        Assert.Contains(file, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reload_WithASpoolThatCannotBeWritten_ChangesNothing()
    {
        await using var proxy = await StartAsync(Write);
        var client = proxy.Connect();
        var file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, "", Ended);

        await Assert.ThrowsAsync<IOException>(() =>
            proxy.Proxy.ReloadAsync(Options(Write with { SpoolFolder = file }), Ended));

        Answer(client, "set k 0 0 1\r\nx\r\n", "STORED\r\n");
        Assert.Equal("STORED\r\n", client.ReadLine());
        _second.Accept().Expect("set k 0 0 1\r\nx\r\n");
    }

    [Fact]
    public async Task Reload_WithAnEffectThatIsNotThere_ChangesNothing()
    {
        await using var proxy = await StartAsync(Write);
        var client = proxy.Connect();

        await Assert.ThrowsAsync<ArgumentException>(() =>
            proxy.Proxy.ReloadAsync(Options(Write) with { SideEffects = [] }, Ended));

        Answer(client, "set k 0 0 1\r\nx\r\n", "STORED\r\n");
        Assert.Equal("STORED\r\n", client.ReadLine());
        _second.Accept().Expect("set k 0 0 1\r\nx\r\n");
    }

    [Fact]
    public async Task Drain_WithAWriteOnItsWay_WaitsForIt()
    {
        await using var proxy = await StartAsync(Write);
        var client = proxy.Connect();
        Answer(client, "set k 0 0 1\r\nx\r\n", "STORED\r\n");
        Assert.Equal("STORED\r\n", client.ReadLine());
        var connection = _second.Accept();
        connection.Expect("set k 0 0 1\r\nx\r\n");

        var draining = proxy.Proxy.DrainAsync(TimeSpan.FromHours(1));
        await _clock.AdvanceUntilAsync(TimeSpan.FromMilliseconds(20), () => proxy.Proxy.Clients == 0);
        Assert.False(draining.IsCompleted);
        connection.Send("STORED\r\n");
        await _clock.AdvanceUntilAsync(TimeSpan.FromMilliseconds(20), draining);

        Assert.Equal(new SideEffectCounters(1, 0, 0), Counters(proxy));
    }

    private static string Text(byte[] packet) => Encoding.Latin1.GetString(packet);

    private static SideEffectCounters Counters(TestProxy proxy) => proxy.Proxy.Statistics.Effects().Single().Counters;

    private ScriptedServer.Connection Answer(TestClient client, string command, string answer)
    {
        client.Send(command);
        var connection = _main.Accept();
        connection.Expect(command);
        connection.Send(answer);
        return connection;
    }

    private MemcachedProxyOptions Options(SideEffectOptions effect)
    {
        var options = TestProxy.Options(_main.EndPoint);
        var second = new PoolOptions
        {
            Name = "second",
            Servers = [new ServerOptions("second", 1) { EndPoint = _second.EndPoint }],
            Connections = new ConnectionOptions
            {
                ConnectTimeout = TimeSpan.FromHours(1),
                ReplyTimeout = TimeSpan.FromHours(1),
            },
        };
        return options with
        {
            Backends = [.. options.Backends, second],
            Routes = [new RouteOptions { Name = "all", Backend = "pool", SideEffects = ["effect"] }],
            SideEffects = [effect],
        };
    }

    private Task<TestProxy> StartAsync(SideEffectOptions effect) => StartAsync(Options(effect));

    private Task<TestProxy> StartAsync(MemcachedProxyOptions options) => TestProxy.StartAsync(
        options,
        TestProxy.Services with { Time = _clock, Watch = static (_, _, _) => AlwaysUsable.Instance });
}
