using Fabrik.EndToEndTests.Processes;
using Xunit;

namespace Fabrik.EndToEndTests.Memcached;

/// <summary>Servers that die or stop while an application works through <c>fabrik memcached-proxy</c>.</summary>
public sealed class ServerDeathTests : IDisposable
{
    private const int Keys = 60;
    private const string Fast = "connection: { reply_timeout: 300ms, connect_timeout: 300ms }";

    private readonly Sandbox _sandbox = new();

    [Fact]
    public async Task Server_Killed_CostsItsOwnKeysUntilItIsBack()
    {
        await using var stack = await ProxiedServers.StartAsync(
            _sandbox, 3, Fast + "\n      health: { retry_interval: 200ms, probe_interval: 200ms }");
        using var client = await stack.Proxy.ConnectAsync();
        await SetAllAsync(client);
        await stack.Servers[1].KillAsync();

        var (kept, lost) = ReadAll(client);
        Assert.True(kept is > 0 and < Keys && kept + lost == Keys, $"{kept} and {lost}");
        var (again, _) = ReadAll(client);
        Assert.Equal(kept, again);
        var metrics = await stack.Proxy.ReadMetricsAsync();
        Assert.True(metrics.Sum("fabrik_memcached_server_failures_total") > 0, stack.Proxy.Log);

        await stack.Servers[1].StartAgainAsync();
        await SetAllAsync(client);
        Assert.Equal((Keys, 0), ReadAll(client));
    }

    [Fact]
    public async Task Server_Stopped_AnswersNobodyAndDelaysNobodyElse()
    {
        await using var stack = await ProxiedServers.StartAsync(
            _sandbox, 2, Fast + "\n      health: { retry_interval: 200ms, probe_interval: 200ms }");
        using var client = await stack.Proxy.ConnectAsync();
        await SetAllAsync(client);
        await stack.Servers[0].StopAsync();
        var (kept, lost) = ReadAll(client);
        Assert.True(kept is > 0 and < Keys && kept + lost == Keys, $"{kept} and {lost}");

        // What it answers now, to questions of long ago, must not be taken for anything else.
        stack.Servers[0].Send(Signal.Continue);
        await Poll.UntilAsync(
            () => ReadAll(client) == (Keys, 0), () => $"its keys do not come back:\n{stack.Proxy.Log}");
    }

    [Fact]
    public async Task Termination_WhileAnAnswerIsWaitedFor_WaitsForIt()
    {
        await using var stack = await ProxiedServers.StartAsync(
            _sandbox, 1, "connection: { reply_timeout: 50s }\n      health: { probe_interval: 60s }");
        using var client = await stack.Proxy.ConnectAsync();
        using var other = await stack.Proxy.ConnectAsync();
        Assert.Equal("STORED", client.Set("key:1", Value(1)));
        await stack.Servers[0].StopAsync();
        client.Send("get key:1\r\n");
        Assert.StartsWith("VERSION", other.Ask("version"), StringComparison.Ordinal);
        await Poll.UntilAsync(
            async () => (await stack.Proxy.ReadMetricsAsync()).Sum("fabrik_memcached_server_pending") > 0,
            () => $"nobody waits:\n{stack.Proxy.Log}");
        stack.Proxy.Send(Signal.Terminate);

        // Who waits for nothing is let go at once.
        Assert.Null(other.Line());
        stack.Servers[0].Send(Signal.Continue);
        Assert.Equal($"VALUE key:1 0 {Value(1).Length}", client.Line());
        Assert.Equal((Value(1), "END"), (client.Line(), client.Line()));
        var end = await stack.Proxy.WaitForEndAsync();
        Assert.True(end.ExitCode == 0, end.Everything);
    }

    public void Dispose() => _sandbox.Dispose();

    private static string Value(int key) => $"value of {key}, and of no other key";

    private static Task SetAllAsync(MemcachedClient client)
    {
        // On a busy machine the first may take more than the short time that they are given.
        return Poll.UntilAsync(
            () => Enumerable.Range(0, Keys).All(i => client.Set($"key:{i}", Value(i)) == "STORED"),
            () => "a key cannot be set");
    }

    // A wrong value is neither.
    private static (int Kept, int Lost) ReadAll(MemcachedClient client)
    {
        var (kept, lost) = (0, 0);
        for (var i = 0; i < Keys; i++)
        {
            var value = client.Get($"key:{i}");
            kept += value == Value(i) ? 1 : 0;
            lost += value is null || value.StartsWith("SERVER_ERROR ", StringComparison.Ordinal) ? 1 : 0;
        }

        return (kept, lost);
    }
}
