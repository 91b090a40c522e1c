using System.Text;
using Fabrik.Memcached;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Proxy;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.MemcachedTests.Proxies;

/// <summary>Servers that fail in every way, and clients that do.</summary>
public sealed class FaultTests
{
    private static readonly ConnectionOptions Impatient = new()
    {
        ReplyTimeout = TimeSpan.FromMilliseconds(100),
        ConnectTimeout = TimeSpan.FromMilliseconds(200),
    };

    // A clock that stands still: a server that is left alone stays so.
    private static MemcachedProxyServices Still => TestProxy.Services with
    {
        Time = new TestClock(),
        Watch = static (_, _, _) => AlwaysUsable.Instance,
    };

    [Fact]
    public async Task Server_ThatIsNotThere_FailsRequestsAtOnce()
    {
        using var gone = new RefusingPort();
        await using var proxy = await TestProxy.StartAsync(TestProxy.Options(gone.EndPoint), Still);
        var client = proxy.Connect();

        Assert.Equal("SERVER_ERROR backend pool/server:1 cannot be reached\r\n", client.Ask("get a\r\n"));
        Assert.Equal("SERVER_ERROR backend pool/server:1 is down\r\n", client.Ask("set a 0 0 1\r\nx\r\n"));
    }

    [Theory]
    [InlineData("STORED\r\n")]
    [InlineData("VALUE other 0 1\r\nx\r\nEND\r\n")]
    [InlineData("VALUE a 0 -1\r\n")]
    [InlineData("VALUE a 0 3\r\nabcdefgh\r\nEND\r\n")]
    [InlineData("\0\0\0\0\r\n")]
    [InlineData("END\n")]
    [InlineData("VA 1\r\nx\r\n")]
    public async Task Server_ThatAnswersSomethingElse_IsLetGoOf(string garbage)
    {
        using var server = new ScriptedServer();
        await using var proxy = await TestProxy.StartAsync(server.EndPoint);
        var client = proxy.Connect();
        client.Send("get a\r\nget b\r\n");
        var connection = server.Accept();
        connection.Expect("get a b\r\n");

        connection.Send(garbage);

        Assert.Equal("SERVER_ERROR backend pool/server:1 sent a wrong answer\r\n", client.ReadLine());
        Assert.Equal("SERVER_ERROR backend pool/server:1 sent a wrong answer\r\n", client.ReadLine());
        Assert.True(connection.IsEnded());
    }

    [Fact]
    public async Task Server_ThatTalksUnasked_IsLetGoOf()
    {
        using var server = new ScriptedServer();
        await using var proxy = await TestProxy.StartAsync(server.EndPoint);
        var client = proxy.Connect();
        client.Send("get a\r\n");
        var connection = server.Accept();
        connection.Expect("get a\r\n");

        connection.Send("END\r\nVALUE b 0 1\r\nx\r\nEND\r\n");

        Assert.Equal("END\r\n", client.ReadLine());
        Assert.True(connection.IsEnded());
        client.Send("get b\r\n");
        var second = server.Accept();
        second.Expect("get b\r\n");
        second.Send("END\r\n");
        Assert.Equal("END\r\n", client.ReadLine());
    }

    [Theory]
    [InlineData("")]
    [InlineData("VALUE a 0 100000\r\nabc")]
    [InlineData("VAL")]
    public async Task Server_ThatClosesInTheMiddle_FailsWhatWaits(string half)
    {
        using var server = new ScriptedServer();
        await using var proxy = await TestProxy.StartAsync(server.EndPoint);
        var client = proxy.Connect();
        client.Send("get a\r\nset b 0 0 1\r\nx\r\n");
        var connection = server.Accept();
        connection.Expect("get a\r\nset b 0 0 1\r\nx\r\n");

        connection.Send(half);
        connection.Dispose();

        Assert.Equal("SERVER_ERROR backend pool/server:1 closed the connection\r\n", client.ReadLine());
        Assert.Equal("SERVER_ERROR backend pool/server:1 closed the connection\r\n", client.ReadLine());
    }

    [Fact]
    public async Task Server_ThatAnswersLate_IsNotTakenForAnotherRequestsAnswer()
    {
        using var server = new ScriptedServer();
        await using var proxy = await TestProxy.StartAsync(TestProxy.Options(server.EndPoint, Impatient));
        var client = proxy.Connect();
        client.Send("get a\r\n");
        var connection = server.Accept();
        connection.Expect("get a\r\n");
        Assert.Equal("SERVER_ERROR backend pool/server:1 timed out\r\n", client.ReadLine());

        client.Send("get a\r\n");
        connection.Expect("get a\r\n");
        connection.Send("VALUE a 0 3\r\nold\r\nEND\r\nVALUE a 0 3\r\nnew\r\nEND\r\n");

        Assert.Equal("VALUE a 0 3\r\nnew\r\nEND\r\n", client.ReadUntil("END\r\n"));
    }

    [Fact]
    public async Task Server_ThatStaysSilent_IsConnectedToAnew()
    {
        using var server = new ScriptedServer();
        await using var proxy = await TestProxy.StartAsync(TestProxy.Options(server.EndPoint, Impatient));
        var client = proxy.Connect();

        Assert.Equal("SERVER_ERROR backend pool/server:1 timed out\r\n", client.Ask("get a\r\n"));

        var connection = server.Accept();
        connection.Expect("get a\r\n");
        Assert.True(connection.IsEnded());
        Assert.Equal(0, proxy.Proxy.Loops[0].Loop.PendingReplies.InUse);
    }

    [Fact]
    public async Task Retrieval_WhoseServersFailInPart_MissesThose()
    {
        using var server = new ScriptedServer();
        await using var proxy = await TestProxy.StartAsync(TestProxy.Options(server.EndPoint, Impatient));
        var client = proxy.Connect();
        client.Send("get a b\r\n");
        var connection = server.Accept();
        connection.Expect("get a b\r\n");

        connection.Send("VALUE a 0 1\r\nA\r\nSERVER_ERROR out of memory\r\n");

        Assert.Equal("VALUE a 0 1\r\nA\r\nEND\r\n", client.ReadUntil("END\r\n"));
    }

    [Fact]
    public async Task Retrieval_WithNumbersWhoseServersFailInPart_IsAnError()
    {
        using var server = new ScriptedServer();
        await using var proxy = await TestProxy.StartAsync(TestProxy.Options(server.EndPoint, Impatient));
        var client = proxy.Connect();
        client.Send("gets a b\r\nmn\r\n");
        var connection = server.Accept();
        connection.Expect("gets a b\r\n");

        connection.Send("VALUE a 0 1 5\r\nA\r\nSERVER_ERROR out of memory\r\n");

        Assert.Equal("SERVER_ERROR out of memory\r\nMN\r\n", client.ReadUntil("MN\r\n"));
    }

    [Fact]
    public async Task Client_ThatLeavesWithManyUnderWay_LeavesNothingBehind()
    {
        using var server = new ScriptedServer();
        await using var proxy = await TestProxy.StartAsync(server.EndPoint);
        var loop = proxy.Proxy.Loops[0];
        var client = proxy.Connect();
        client.Send("get first\r\n");
        var connection = server.Accept();
        connection.Expect("get first\r\n");
        connection.Send("END\r\n");
        Assert.Equal("END\r\n", client.ReadLine());
        var before = await BaselineAsync(loop);
        var many = new StringBuilder();
        for (var i = 0; i < 900; i++)
        {
            many.Append($"delete key-{i}\r\n");
        }

        client.Send(many.ToString());
        connection.Expect(many.ToString());
        client.Dispose();
        await UntilAsync(() => proxy.Proxy.Clients == 0);
        connection.Send(string.Concat(Enumerable.Repeat("NOT_FOUND\r\n", 900)));

        await UntilAsync(() => loop.Loop.PendingReplies.InUse == 0);
        Assert.Equal(before, await BaselineAsync(loop));
    }

    [Fact]
    public async Task Client_ThatPipelinesTenThousandAndEndsSending_GetsAllAnswers()
    {
        using var server = new ScriptedServer();
        await using var proxy = await TestProxy.StartAsync(server.EndPoint);
        var client = proxy.Connect();
        var many = string.Concat(Enumerable.Range(0, 10_000).Select(i => $"touch key-{i} 0\r\n"));
        var sending = Task.Run(
            () =>
            {
                client.Send(many);
                client.EndSending();
            },
            TestContext.Current.CancellationToken);
        var connection = server.Accept();
        var serving = Task.Run(
            () =>
            {
                for (var i = 0; i < 10_000; i++)
                {
                    connection.Expect($"touch key-{i} 0\r\n");
                    connection.Send(i % 2 == 0 ? "TOUCHED\r\n" : "NOT_FOUND\r\n");
                }
            },
            TestContext.Current.CancellationToken);

        var expected = string.Concat(Enumerable.Repeat("TOUCHED\r\nNOT_FOUND\r\n", 5000));
        Assert.Equal(expected, client.Read(expected.Length));
        Assert.True(client.IsEnded());
        await sending;
        await serving;
    }

    [Theory]
    [InlineData("mn\r\n", "MN\r\n", 4000)]
    [InlineData("get a\r\n", "SERVER_ERROR backend pool/server:1 is down\r\n", 2200)]
    public async Task Client_ThatPipelinesWhatIsAnsweredAtOnce_GetsAllAnswers(string sent, string received, int count)
    {
        using var gone = new RefusingPort();
        var options = TestProxy.Options(gone.EndPoint) with
        {
            Limits = new ClientLimits { MaxPipelineDepth = 100 },
        };
        await using var proxy = await TestProxy.StartAsync(options, Still);
        var client = proxy.Connect();
        client.Ask("get a\r\n");

        client.Send(string.Concat(Enumerable.Repeat(sent, count)));

        Assert.Equal(string.Concat(Enumerable.Repeat(received, count)), client.Read(received.Length * count));
    }

    [Fact]
    public async Task Client_ThatDoesNotRead_IsNotReadFrom()
    {
        using var server = new ScriptedServer();
        var options = TestProxy.Options(server.EndPoint);
        await using var proxy = await TestProxy.StartAsync(options with
        {
            Limits = new ClientLimits { MaxUnsent = 64 * 1024, MaxPipelineDepth = 4 },
        });
        var client = proxy.Connect();
        var value = new string('v', 100_000);
        var answered = 0;
        client.Send(string.Concat(Enumerable.Repeat("get a\r\n", 1000)));
        var connection = server.Accept();
        var serving = Task.Run(
            () =>
            {
                try
                {
                    while (true)
                    {
                        connection.ExpectLine();
                        connection.Send($"VALUE a 0 {value.Length}\r\n{value}\r\nEND\r\n");
                        Interlocked.Increment(ref answered);
                    }
                }
                catch (EndOfStreamException)
                {
                    // The proxy was stopped.
                }
            },
            TestContext.Current.CancellationToken);

        var last = -1;
        do
        {
            last = Volatile.Read(ref answered);
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
        while (last == 0 || last != Volatile.Read(ref answered));
        var loop = proxy.Proxy.Loops[0].Loop;
        Assert.True(loop.Blocks.HeldBytes < 4 * 1024 * 1024, $"{loop.Blocks.HeldBytes} bytes are held.");
        Assert.True(last < 1000);
        await proxy.DisposeAsync();
        await serving;
    }

    private static async Task<(long, int, int)> BaselineAsync(ProxyLoop loop)
    {
        (long, int, int) baseline = default;
        await loop.RunAsync(l => baseline =
            (l.Loop.Blocks.HeldBytes, l.Loop.Requests.InUse, l.Scope.Slots.InUse));
        return baseline;
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        for (var i = 0; i < 3000 && !isSo(); i++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.True(isSo());
    }
}
