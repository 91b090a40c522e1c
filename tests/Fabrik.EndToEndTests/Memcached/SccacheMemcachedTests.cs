using Fabrik.EndToEndTests.Clients;
using Fabrik.EndToEndTests.Clients.Sccache;
using Fabrik.EndToEndTests.Processes;
using Xunit;

namespace Fabrik.EndToEndTests.Memcached;

/// <summary>The newest sccache with its storage for memcached.</summary>
public sealed class SccacheMemcachedTests : IDisposable
{
    private readonly Sandbox _sandbox = new();

    [Fact]
    public async Task Build_Repeated_IsTakenFromTheServersBehindTheProxy()
    {
        await using var stack = await ProxiedServers.StartAsync(_sandbox, 2);
        await RepeatAsync(stack.Proxy);
    }

    [Fact]
    public async Task Build_Repeated_IsTakenFromTheStore()
    {
        var rest = $$"""
              backends: { store: { type: cache } }
              routes: { all: { backend: store } }
            cache: { dir: "{{_sandbox.In("store")}}" }
            """;
        await using var proxy = await MemcachedProxyServer.StartAsync(_sandbox, MemcachedProxyServer.Yaml(rest));
        await RepeatAsync(proxy);
    }

    public void Dispose() => _sandbox.Dispose();

    private static async Task RepeatAsync(MemcachedProxyServer proxy)
    {
        using var project = SccacheProject.OverMemcached(proxy.Port);
        CacheAccess nothing = new(new Uri("http://127.0.0.1:0"), "");
        var first = await project.BuildAsync(nothing);
        Assert.True(first.Run.ExitCode == 0 && first.Hits == 0, first.Run.Everything + proxy.Log);
        project.Clean();
        var second = await project.BuildAsync(nothing);
        Assert.True(second.Run.ExitCode == 0 && second.Hits == project.Steps, second.Run.Everything + proxy.Log);
        project.VerifyOutputs();
        var metrics = await proxy.ReadMetricsAsync();
        Assert.True(metrics.Sum("fabrik_memcached_keys_total", ("result", "hit")) >= project.Steps, proxy.Log);
    }
}
