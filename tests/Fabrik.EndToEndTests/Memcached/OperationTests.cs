using System.Globalization;
using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Memcached;

/// <summary>What an operator does with <c>fabrik memcached-proxy</c>, as its documentation says.</summary>
public sealed class OperationTests : IDisposable
{
    private readonly Sandbox _sandbox = new();

    [Fact]
    public async Task Explain_OfTheExample_NamesTheRouteAndAServer()
    {
        var example = Path.Combine(Repository.Root, "examples", "memcached-proxy.yaml");
        var run = await FabrikCommand.RunAsync(
            _sandbox, "memcached-proxy", "explain", "get", "user:42", "--config", example);
        Assert.True(run.ExitCode == 0, run.Everything);
        Assert.StartsWith("route users: user:*", run.Output, StringComparison.Ordinal);
        Assert.Contains("server 127.0.0.1:1121", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Example_WithAServerKilled_AnswersWhatTheOthersHave()
    {
        await using var first = await MemcachedServer.StartAsync(_sandbox);
        await using var second = await MemcachedServer.StartAsync(_sandbox);
        await using var warm = await MemcachedServer.StartAsync(_sandbox);
        var yaml = (await File.ReadAllTextAsync(Path.Combine(Repository.Root, "examples", "memcached-proxy.yaml")))
            .Replace("127.0.0.1:11211", "127.0.0.1:0", StringComparison.Ordinal)
            .Replace("127.0.0.1:11212", first.Address, StringComparison.Ordinal)
            .Replace("127.0.0.1:11213", second.Address, StringComparison.Ordinal)
            .Replace("127.0.0.1:11214", warm.Address, StringComparison.Ordinal);
        yaml += "observability: { health_bind: \"127.0.0.1:0\", api_bind: \"127.0.0.1:0\" }\n";
        await using var proxy = await MemcachedProxyServer.StartAsync(_sandbox, yaml);
        using var client = await proxy.ConnectAsync();
        string[] keys = [.. Enumerable.Range(0, 40).Select(static i => $"user:{i}")];
        Assert.All(keys, key => Assert.Equal("STORED", client.Set(key, key)));
        Assert.Equal("STORED", client.Set("other", "value"));
        using var direct = await MemcachedClient.ConnectAsync(second.Port);
        var moved = keys.Count(key => direct.Get(key) == key);
        Assert.InRange(moved, 1, 39);

        await second.KillAsync();

        Assert.All(keys, key => Assert.Equal(key, client.Get(key)));
        await second.StartAgainAsync();
        using var empty = await MemcachedClient.ConnectAsync(second.Port);
        await Poll.UntilAsync(
            () =>
            {
                Assert.All(keys, key => Assert.Equal(key, client.Get(key)));
                return keys.Count(key => empty.Get(key) == key) == moved;
            },
            () => $"the server that came back was not filled:\n{proxy.Log}");
    }

    [Fact]
    public async Task Explain_OfTheTemplate_NamesTheServerThatHasTheKey()
    {
        var template = await FabrikCommand.RunAsync(_sandbox, "config", "generate", "--template", "memcached-proxy");
        Assert.True(template.ExitCode == 0, template.Everything);
        await using var stack = await ProxiedServers.StartAsync(_sandbox, 2);
        var ours = template.Output
            .Replace("127.0.0.1:11212", stack.Servers[0].Address, StringComparison.Ordinal)
            .Replace("127.0.0.1:11213", stack.Servers[1].Address, StringComparison.Ordinal)
            .Replace("127.0.0.1:11211", "127.0.0.1:0", StringComparison.Ordinal);
        var file = _sandbox.Write("memcached-proxy.toml", ours);

        using var proxied = await stack.Proxy.ConnectAsync();
        Assert.Equal("STORED", proxied.Set("user:42", "hello"));
        var run = await FabrikCommand.RunAsync(
            _sandbox, "memcached-proxy", "explain", "get", "user:42", "--config", file);
        Assert.True(run.ExitCode == 0, run.Everything);
        foreach (var server in stack.Servers)
        {
            using var direct = await MemcachedClient.ConnectAsync(server.Port);
            var isNamed = run.Output.Contains(server.Address, StringComparison.Ordinal);
            Assert.True(direct.Get("user:42") == (isNamed ? "hello" : null), run.Output);
        }
    }

    [Fact]
    public async Task Stats_OverTheProtocol_CountRoutesAndServers()
    {
        await using var stack = await ProxiedServers.StartAsync(_sandbox, 2);
        using var client = await stack.Proxy.ConnectAsync();
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal("STORED", client.Set($"key:{i}", "value"));
            Assert.Equal("value", client.Get($"key:{i}"));
        }

        Assert.Null(client.Get("none"));
        Assert.Equal((21, 20, 1), (Figure(client, "", "cmd_get"), Figure(client, "", "get_hits"),
            Figure(client, "", "get_misses")));
        Assert.Equal(41, Figure(client, " routes", "all:requests"));
        Assert.Equal(41, stack.Servers.Sum(server => Figure(client, " backends", $"pool/{server.Address}:requests")));
        Assert.Equal("ERROR", client.Ask("stats nonsense"));
        var metrics = await stack.Proxy.ReadMetricsAsync();
        Assert.Equal(41, metrics.Sum("fabrik_memcached_route_requests_total", ("route", "all")));
        Assert.Equal(20, metrics.Sum("fabrik_memcached_keys_total", ("result", "hit")));
    }

    [Fact]
    public async Task Reload_WhileClientsWork_FailsNothingAndDropsNobody()
    {
        await using var stack = await ProxiedServers.StartAsync(_sandbox, 2);
        using CancellationTokenSource enough = new();
        Task<int>[] work =
            [.. Enumerable.Range(0, 4).Select(id => Task.Run(() => WorkAsync(stack.Proxy, id, enough.Token)))];
        var good = await File.ReadAllTextAsync(stack.Proxy.ConfigurationFile);
        for (var i = 1; i <= 3; i++)
        {
            var changed = good.Replace("routes: {", $"routes: {{ r{i}: {{ matcher: \"r{i}:*\", backend: pool }},",
                StringComparison.Ordinal);
            await ReloadAsync(stack.Proxy, changed, async () =>
                (await stack.Proxy.ReadMetricsAsync()).Sum("fabrik_config_generation") > i);
        }

        var bad = good.Replace("backend: pool", "backend: pol", StringComparison.Ordinal);
        await ReloadAsync(stack.Proxy, bad, async () =>
            (await stack.Proxy.ReadMetricsAsync()).Sum("fabrik_config_refused_total") >= 1);
        await Poll.UntilAsync(
            () => stack.Proxy.Log.Contains("\"pol\"", StringComparison.Ordinal), () => stack.Proxy.Log);
        await enough.CancelAsync();
        foreach (var requests in await Task.WhenAll(work))
        {
            Assert.True(requests > 0, "it did nothing");
        }
    }

    public void Dispose() => _sandbox.Dispose();

    private static long Figure(MemcachedClient client, string topic, string name)
    {
        client.Send($"stats{topic}\r\n");
        var lines = client.LinesTo("END");
        var line = Assert.Single(
            lines, line => line.StartsWith($"STAT {name} ", StringComparison.Ordinal));
        return long.Parse(line.Split(' ')[2], CultureInfo.InvariantCulture);
    }

    private static async Task ReloadAsync(MemcachedProxyServer proxy, string yaml, Func<Task<bool>> isDone)
    {
        await File.WriteAllTextAsync(proxy.ConfigurationFile, yaml);
        proxy.Send(Signal.Hangup);
        await Poll.UntilAsync(isDone, () => $"it is not taken over:\n{proxy.Log}");
    }

    private static async Task<int> WorkAsync(MemcachedProxyServer proxy, int id, CancellationToken enough)
    {
        using var client = await proxy.ConnectAsync();
        var requests = 0;
        for (; !enough.IsCancellationRequested; requests++)
        {
            var key = $"key:{id}:{requests % 50}";
            Assert.Equal("STORED", client.Set(key, $"{key} {requests}"));
            Assert.Equal($"{key} {requests}", client.Get(key));
        }

        return requests;
    }
}
