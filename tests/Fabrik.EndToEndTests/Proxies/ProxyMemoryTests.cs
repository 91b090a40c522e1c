using System.Globalization;
using Fabrik.EndToEndTests.Processes;
using Xunit;

namespace Fabrik.EndToEndTests.Proxies;

/// <summary>What large objects and slow clients take of the proxy's memory: not what they are.</summary>
public sealed class ProxyMemoryTests : IDisposable
{
    private const long Size = 640L << 20;
    private const long Limit = 400L << 20;
    private const int SlowClients = 300;

    private static readonly string[] Flags =
        ["--config-s3-proxy-cache-fill-budget", "32MiB", "--config-runtime-min-data-rate", "0"];

    private readonly Sandbox _sandbox = new();

    [Fact]
    public async Task Get_OfALargeObject_TakesLittleMemoryWhetherItIsCachedOrNot()
    {
        await using var origin = await PatternOrigin.StartAsync(Size);
        await using var proxy = await StartAsync(origin);
        for (var round = 0; round < 2; round++)
        {
            using var download = await proxy.BeginAsync("/large");
            Assert.Equal(Size, await PatternOrigin.CountAsync(await download.Content.ReadAsStreamAsync()));
            Assert.InRange(MostMemoryOf(proxy), 1, Limit);
        }
    }

    [Fact]
    public async Task Clients_ThatDoNotRead_TakeLittleMemory()
    {
        await using var origin = await PatternOrigin.StartAsync(Size);
        await using var proxy = await StartAsync(origin);
        var downloads = await Task.WhenAll(
            Enumerable.Range(0, SlowClients).Select(_ => proxy.BeginAsync("/large")));
        using (var fast = await proxy.BeginAsync("/large"))
        {
            Assert.Equal(Size, await PatternOrigin.CountAsync(await fast.Content.ReadAsStreamAsync()));
        }

        Assert.InRange(MostMemoryOf(proxy), 1, Limit);
        Assert.All(downloads, static download => download.Dispose());
    }

    public void Dispose() => _sandbox.Dispose();

    private static long MostMemoryOf(ProxyServer proxy)
    {
        var line = File.ReadLines($"/proc/{proxy.ProcessId}/status").First(
            static line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        var kilobytes = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1];
        return long.Parse(kilobytes, CultureInfo.InvariantCulture) << 10;
    }

    private Task<ProxyServer> StartAsync(PatternOrigin origin)
    {
        ProxyConfiguration configuration = new()
        {
            StoreDirectory = _sandbox.In("store"),
            Buckets = [ProxyConfiguration.Origin(origin.Port)],
        };
        return ProxyServer.StartAsync(_sandbox, _sandbox.Write("s3-proxy.yaml", configuration.ToYaml()), Flags);
    }
}
