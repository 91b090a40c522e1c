using System.Net;
using Fabrik.Memcached.Configuration;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.MemcachedTests.Proxies;

/// <summary>A backend of the type <c>http</c> over real sockets, as a client of memcached sees it.</summary>
public sealed class HttpBackendSocketTests
{
    private const int MaxValueSize = 100_000;
    private const string Error = "SERVER_ERROR backend store: ";
    private const string TooLarge = "SERVER_ERROR object too large for cache\r\n";

    private readonly TestClock _clock = new();

    [Theory]
    [InlineData("set k 7 0 5|hello", "STORED", "get k", "VALUE k 7 5|hello|END")]
    [InlineData("get k", "END", "delete k", "NOT_FOUND", "mg k v", "EN")]
    [InlineData("set k 0 0 0|", "STORED", "get k", "VALUE k 0 0||END", "delete k", "DELETED", "get k", "END")]
    [InlineData("add k 0 0 1|a", "STORED", "add k 0 0 1|b", "NOT_STORED", "get k", "VALUE k 0 1|a|END")]
    [InlineData("set a/../b 3 0 1|x", "STORED", "get b", "END", "mg a/../b f v", "VA 1 f3|x")]
    [InlineData("ms k 2 F9|hi", "HD", "mg k s f", "HD s2 f9")]
    [InlineData("set k 0 60 1|a", "STORED", "mg k t v", "VA 1 t60|a", "mg k t", "HD t60")]
    [InlineData("set k 0 0 1|a", "STORED", "mg k t v", "VA 1 t-1|a")]
    public async Task Site_WithValues_IsReadAndWritten(params string[] steps)
    {
        await using var site = await ValueSite.StartAsync();
        await using var proxy = await StartAsync(site.Url);
        var client = proxy.Connect();
        for (var i = 0; i < steps.Length; i += 2)
        {
            var expected = Lines(steps[i + 1]);
            client.Send(Lines(steps[i]));
            Assert.Equal(expected, client.Read(expected.Length));
        }
    }

    [Theory]
    [InlineData("X-Memcached-Expiry: 0", "t0")]
    [InlineData("x-memcached-expiry: 59", "t59")]
    [InlineData("X-Memcached-Expiry: -5", "t-1")]
    [InlineData("X-Memcached-Expiry: 9223372036854775807", "t-1")]
    [InlineData("X-Memcached-Expiry: soon", "t-1")]
    [InlineData("X-Other: 1", "t-1")]
    public async Task Server_ThatTellsWhatIsLeftOfALife_IsBelievedWhereItIsANumber(string header, string expected)
    {
        using var server = new ScriptedServer();
        await using var proxy = await StartAsync(server);
        var client = proxy.Connect();
        client.Send("mg k t v\r\n");
        using var connection = server.Accept();
        connection.Send($"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n{header}\r\n\r\n");
        connection.Send("hi");

        Assert.Equal($"VA 2 {expected}\r\nhi\r\n", client.ReadUntil("hi\r\n"));
    }

    [Fact]
    public async Task Site_WithALargeValue_GivesAllOfIt()
    {
        await using var site = await ValueSite.StartAsync();
        await using var proxy = await StartAsync(site.Url);
        var client = proxy.Connect();
        string value = new('v', MaxValueSize);

        Assert.Equal("STORED\r\n", client.Ask($"set k 0 0 {value.Length}\r\n{value}\r\n"));
        client.Send("get k\r\n");
        var expected = $"VALUE k 0 {value.Length}\r\n{value}\r\nEND\r\n";
        Assert.True(expected == client.Read(expected.Length));
        Assert.Equal(TooLarge, client.Ask($"set k 0 0 {value.Length + 1}\r\n{value}x\r\n"));
    }

    [Theory]
    [InlineData("500 Internal Server Error\r\nContent-Length: 3\r\n\r\noh!", "answered with status 500")]
    [InlineData("503 Busy\r\nContent-Length: 0\r\n\r\n", "answered with status 503")]
    [InlineData("302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n", "answered with status 302")]
    [InlineData("206 Partial Content\r\nContent-Length: 2\r\n\r\nhi", "answered with status 206")]
    public async Task Server_ThatAnswersOtherwise_IsAnError(string answer, string expected)
    {
        using var server = new ScriptedServer();
        await using var proxy = await StartAsync(server);
        var client = proxy.Connect();
        client.Send("get k\r\n");
        using var connection = server.Accept();
        connection.Send("HTTP/1.1 " + answer);

        Assert.Equal($"{Error}{expected}\r\n", client.ReadLine());
    }

    [Theory]
    [InlineData("HTTP/1.1 200 O")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel")]
    public async Task Server_ThatEndsWithinItsAnswer_GivesNoPartOfAValue(string part)
    {
        using var server = new ScriptedServer();
        await using var proxy = await StartAsync(server);
        var client = proxy.Connect();
        client.Send("get k\r\n");
        using (var connection = server.Accept())
        {
            connection.ExpectLine();
            connection.Send(part);
            connection.EndSending();
            Assert.Equal($"{Error}closed the connection\r\n", client.ReadLine());
        }

        client.Send("get k\r\n");
        using var next = server.Accept();
        next.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
        Assert.Equal("VALUE k 0 2\r\nhi\r\nEND\r\n", client.ReadUntil("END\r\n"));
    }

    [Fact]
    public async Task Server_ThatEndsBeforeItsAnswer_IsAskedAgainAFewTimes()
    {
        using var server = new ScriptedServer();
        await using var proxy = await StartAsync(server);
        var client = proxy.Connect();
        client.Send("get k\r\n");
        for (var attempt = 0; attempt < 4; attempt++)
        {
            using var connection = server.Accept();
            connection.ExpectLine();
        }

        Assert.Equal($"{Error}closed the connection\r\n", client.ReadLine());
    }

    [Fact]
    public async Task Server_ThatEndsBeforeItsAnswerToAWrite_IsNotAskedAgain()
    {
        using var server = new ScriptedServer();
        await using var proxy = await StartAsync(server);
        var client = proxy.Connect();
        client.Send("set k 0 0 5\r\nhello\r\n");
        using (var connection = server.Accept())
        {
            connection.Expect("PUT /v/k HTTP/1.1\r\n");
            connection.ExpectLine();
        }

        Assert.Equal($"{Error}closed the connection\r\n", client.ReadLine());
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n")]
    public async Task Server_ThatSpeaksNoHttp_IsAWrongAnswer(string answer)
    {
        using var server = new ScriptedServer();
        await using var proxy = await StartAsync(server);
        var client = proxy.Connect();
        client.Send("get k\r\n");
        using var connection = server.Accept();
        connection.Send(answer);

        Assert.Equal($"{Error}sent a wrong answer\r\n", client.ReadLine());
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")]
    public async Task Server_SlowerThanItMayBe_IsTimedOut(string part)
    {
        using var server = new ScriptedServer();
        await using var proxy = await StartAsync(server);
        var client = proxy.Connect();
        client.Send("get k\r\n");
        using var connection = server.Accept();
        connection.ExpectLine();
        connection.Send(part);
        var answer = Task.Run(client.ReadLine, TestContext.Current.CancellationToken);

        await _clock.AdvanceUntilAsync(TimeSpan.FromSeconds(1), answer);

        Assert.Equal($"{Error}timed out\r\n", await answer);
    }

    [Fact]
    public async Task Server_WithALargerValueThanAllowed_IsRefused()
    {
        using var server = new ScriptedServer();
        await using var proxy = await StartAsync(server);
        var client = proxy.Connect();

        client.Send("get k\r\n");
        using (var announced = server.Accept())
        {
            announced.Send($"HTTP/1.1 200 OK\r\nContent-Length: {MaxValueSize + 1}\r\n\r\n");
            Assert.Equal(TooLarge, client.ReadLine());
        }

        client.Send("get k\r\n");
        using var endless = server.Accept();
        endless.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (var sent = 0; sent <= MaxValueSize; sent += 0x1000)
        {
            endless.Send($"1000\r\n{new string('x', 0x1000)}\r\n");
        }

        Assert.Equal(TooLarge, client.ReadLine());
    }

    [Fact]
    public async Task Server_ThatSendsMoreThanItAnnounced_LeavesNothingForTheNext()
    {
        using var server = new ScriptedServer();
        await using var proxy = await StartAsync(server);
        var client = proxy.Connect();
        client.Send("get a\r\n");
        using var first = server.Accept();
        first.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong");
        Assert.Equal("VALUE a 0 2\r\nhi\r\nEND\r\n", client.ReadUntil("END\r\n"));

        client.Send("get b\r\n");
        using var second = server.Accept();
        second.Send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nright");

        Assert.Equal("VALUE b 0 5\r\nright\r\nEND\r\n", client.ReadUntil("END\r\n"));
    }

    [Fact]
    public async Task Server_ThatIsNotThere_CannotBeReached()
    {
        using var gone = new RefusingPort();
        await using var proxy = await StartAsync(new Uri($"http://{gone.EndPoint}/"));
        var client = proxy.Connect();

        Assert.Equal($"{Error}cannot be reached\r\n", client.Ask("get k\r\n"));
        Assert.Equal($"{Error}cannot be reached\r\n", client.Ask("set k 0 0 1\r\nx\r\n"));
        Assert.Equal($"{Error}cannot be reached\r\n", client.Ask("delete k\r\n"));
    }

    private static string Lines(string text) => text.Replace("|", "\r\n", StringComparison.Ordinal) + "\r\n";

    private Task<TestProxy> StartAsync(ScriptedServer server) => StartAsync(new Uri($"http://{server.EndPoint}/v/"));

    private Task<TestProxy> StartAsync(Uri url) => TestProxy.StartAsync(
        TestProxy.Options(new IPEndPoint(IPAddress.Loopback, 1)) with
        {
            Backends = [new HttpBackendOptions { Name = "store", Url = url, Timeout = TimeSpan.FromSeconds(30) }],
            Routes = [new RouteOptions { Name = "all", Backend = "store" }],
            Limits = new ClientLimits { MaxValueSize = MaxValueSize },
        },
        TestProxy.Services with { Time = _clock });
}
