using Fabrik.Memcached.Configuration;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Fabrik.MemcachedTests.Proxies;

/// <summary>What the proxy tells of itself.</summary>
public sealed class OperationTests : IDisposable
{
    private readonly AnsweringServer _server = new();

    public void Dispose() => _server.Dispose();

    [Theory]
    [InlineData("get,user:42", "route users: user:*, get\n  chain: failover, the next one after a failure\n    pool: ")]
    [InlineData("set,user:42", "route all: *, every command\n  pool: ")]
    [InlineData("fetch,user:42", "fetch: expected a command such as get or set")]
    [InlineData("get", "expected __fabrik__.route(<command>,<key>)")]
    public async Task Get_OfAQuestion_ExplainsTheWayOfAKey(string question, string answer)
    {
        await using var proxy = await TestProxy.StartAsync(Options());
        var client = proxy.Connect();

        var head = client.Ask($"get __fabrik__.route({question})\r\n").Split(' ');
        var value = client.Read(int.Parse(head[3], System.Globalization.CultureInfo.InvariantCulture));

        Assert.Equal(["VALUE", $"__fabrik__.route({question})", "0"], head[..3]);
        Assert.StartsWith(answer, value, StringComparison.Ordinal);
        Assert.Equal("\r\nEND\r\n", client.ReadUntil("END\r\n"));
    }

    [Fact]
    public async Task Stats_OfRoutesAndBackends_CountWhatWasAsked()
    {
        await using var proxy = await TestProxy.StartAsync(Options());
        var client = proxy.Connect();
        client.Send("get user:1 user:2\r\nset other 0 0 1\r\nx\r\n");
        client.ReadUntil("STORED\r\n");

        client.Send("stats routes\r\n");
        var routes = client.ReadUntil("END\r\n");
        client.Send("stats backends\r\n");
        var backends = client.ReadUntil("END\r\n");

        Assert.Contains("STAT users:requests 2\r\nSTAT users:get:hit 2\r\n", routes, StringComparison.Ordinal);
        Assert.Contains("STAT all:set:done 1\r\n", routes, StringComparison.Ordinal);
        Assert.Contains("STAT pool/server:1:requests 3\r\n", backends, StringComparison.Ordinal);
        Assert.Contains("STAT chain:requests 2\r\n", backends, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reload_OfARouteThatStays_KeepsItsFigures()
    {
        await using var proxy = await TestProxy.StartAsync(Options());
        var client = proxy.Connect();
        client.Ask("set other 0 0 1\r\nx\r\n");

        await proxy.Proxy.ReloadAsync(Options(), TestContext.Current.CancellationToken);
        client.Ask("set other 0 0 1\r\nx\r\n");
        client.Send("stats routes\r\n");

        Assert.Contains("STAT all:set:done 2\r\n", client.ReadUntil("END\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stats_OfARouteWhoseRegexTookTooLong_CountItsKeys()
    {
        await using var proxy = await TestProxy.StartAsync(Options());
        var client = proxy.Connect();
        await proxy.Proxy.Loops[0].RunAsync(static loop => loop.Routes[0].Counters.RegexTimeouts++);

        client.Send("stats routes\r\n");
        var routes = client.ReadUntil("END\r\n");

        Assert.Contains("STAT users:regex_timeouts 1\r\n", routes, StringComparison.Ordinal);
        Assert.DoesNotContain("STAT all:regex_timeouts", routes, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(LogLevel.Information)]
    [InlineData(LogLevel.Debug)]
    public async Task Decision_OfARouteThatIsLogged_IsToldWithItsKeyForDebuggingOnly(LogLevel level)
    {
        var logs = new CollectingLogs(level);
        await using var proxy = await TestProxy.StartAsync(
            Options(logFraction: 1), TestProxy.Services with { Logs = logs });
        var client = proxy.Connect();

        client.Ask("set other 0 0 6\r\nsecret\r\n");

        var lines = logs.Lines.Where(static line => line.StartsWith("Route ", StringComparison.Ordinal)).ToArray();
        Assert.Contains("Route all: set of the key with hash ", lines[0], StringComparison.Ordinal);
        Assert.Contains(" to pool: ", lines[0], StringComparison.Ordinal);
        Assert.Contains(": done after ", lines[0], StringComparison.Ordinal);
        Assert.Equal(
            level == LogLevel.Debug, lines.Any(static line => line.Contains("other", StringComparison.Ordinal)));
        Assert.DoesNotContain(lines, static line => line.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Decision_OfAFraction_IsToldForAboutThatMany()
    {
        var logs = new CollectingLogs(LogLevel.Information);
        await using var proxy = await TestProxy.StartAsync(
            Options(logFraction: 0.1), TestProxy.Services with { Logs = logs });
        var client = proxy.Connect();

        for (var i = 0; i < 1000; i++)
        {
            client.Ask("delete other\r\n");
        }

        // The sample is the same in each run: its seed is the route's name.
        Assert.InRange(logs.Lines.Count(static line => line.StartsWith("Route ", StringComparison.Ordinal)), 60, 150);
    }

    private MemcachedProxyOptions Options(double logFraction = 0)
    {
        var options = TestProxy.Options(_server.EndPoint);
        return options with
        {
            Backends =
            [
                .. options.Backends,
                new StrategyOptions { Name = "chain", Strategy = StrategyKind.Failover, Backends = ["pool"] },
            ],
            Routes =
            [
                new RouteOptions { Name = "users", Matcher = "user:*", Commands = ["get"], Backend = "chain" },
                new RouteOptions { Name = "all", Backend = "pool", LogFraction = logFraction },
            ],
        };
    }
}
