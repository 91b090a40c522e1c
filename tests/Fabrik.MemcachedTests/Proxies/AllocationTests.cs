using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Loop;
using Xunit;

namespace Fabrik.MemcachedTests.Proxies;

/// <summary>What a loop allocates for requests once it has run for a while: nothing at all.</summary>
public sealed class AllocationTests : IDisposable
{
    private const int Requests = 10_000;
    private const string Value = $"{AnsweringServer.Value}\r\n";

    private readonly AnsweringServer[] _servers = [new(), new(), new()];

    public static TheoryData<string> Backends { get; } = ["pool", "chain"];

    public void Dispose() => Array.ForEach(_servers, static server => server.Dispose());

    [Theory]
    [MemberData(nameof(Backends))]
    public async Task Requests_InSteadyState_AllocateNothingOnTheLoop(string backend)
    {
        await using var proxy = await TestProxy.StartAsync(Options(backend));
        var client = proxy.Connect();
        var reader = new AllocationReader(proxy.Proxy.Loops[0].Loop);
        var keys = Enumerable.Range(0, 10).Select(static i => $"key:{i}").ToArray();
        (string Sent, string Answer)[] requests =
        [
            ("get key:1\r\n", $"VALUE key:1 0 5\r\n{Value}END\r\n"),
            ($"set key:2 0 0 5\r\n{Value}", "STORED\r\n"),
            ("delete key:3\r\n", "DELETED\r\n"),
            ("mg key:4 Lnone Pspare\r\n", "HD\r\n"),
            ($"get {string.Join(' ', keys)}\r\n",
                string.Concat(keys.Select(static key => $"VALUE {key} 0 5\r\n{Value}")) + "END\r\n"),
        ];
        WarmUp(() => Send(client, requests, Requests / 10), reader);

        // The least of several rounds: code may still be compiled anew in one of them, when the machine is busy.
        var least = long.MaxValue;
        for (var round = 0; round < 5 && least > 0; round++)
        {
            var before = reader.Read();
            Send(client, requests, Requests);
            least = Math.Min(least, reader.Read() - before);
        }

        Assert.Equal(0, least);
    }

    // Code that was not optimized yet may box what it does not have to; how long that takes is the runtime's affair.
    private static void WarmUp(Action round, AllocationReader reader)
    {
        var quiet = 0;
        for (var i = 0; i < 100 && quiet < 3; i++)
        {
            var before = reader.Read();
            round();
            quiet = reader.Read() == before ? quiet + 1 : 0;
        }
    }

    private static void Send(TestClient client, (string Sent, string Answer)[] requests, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var (sent, answer) = requests[i % requests.Length];
            client.Send(sent);
            Assert.Equal(answer, client.Read(answer.Length));
        }
    }

    private MemcachedProxyOptions Options(string backend)
    {
        var options = TestProxy.Options(_servers[0].EndPoint);
        return options with
        {
            Backends =
            [
                new PoolOptions { Name = "pool", Servers = [Server("a", 0), Server("b", 1)] },
                new PoolOptions { Name = "spare", Servers = [Server("c", 2)] },
                new StrategyOptions { Name = "chain", Strategy = StrategyKind.Failover, Backends = ["pool", "spare"] },
            ],
            Routes =
            [
                new RouteOptions { Name = "hinted", Hint = "Pspare", Backend = "spare" },
                new RouteOptions { Name = "all", Matcher = "key:*", Backend = backend },
            ],
        };
    }

    private ServerOptions Server(string name, int number) =>
        new(name, 1) { EndPoint = _servers[number].EndPoint };

    /// <summary>What a loop's thread has allocated so far.</summary>
    private sealed class AllocationReader(EventLoop loop)
    {
        private readonly AutoResetEvent _isRead = new(false);
        private long _bytes;

        public long Read()
        {
            loop.Post(
                static reader =>
                {
                    var self = (AllocationReader)reader!;
                    self._bytes = GC.GetAllocatedBytesForCurrentThread();
                    self._isRead.Set();
                },
                this);
            Assert.True(_isRead.WaitOne(TimeSpan.FromSeconds(30)), "The loop does nothing.");
            return _bytes;
        }
    }
}
