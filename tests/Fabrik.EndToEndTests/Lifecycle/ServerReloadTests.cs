using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Lifecycle;

/// <summary>A configuration that changes under a running server.</summary>
public sealed class ServerReloadTests : IDisposable
{
    private readonly Sandbox _sandbox = new();

    private ServerConfiguration Configuration => new() { StoreDirectory = _sandbox.In("store") };

    [Fact]
    public async Task Hangup_ValidChange_IsFollowedAtOnce()
    {
        await using var server = await FabrikServer.StartAsync(_sandbox, Configuration);
        Assert.Equal(1_000_000_000, await MaxSizeAsync(server));

        await File.WriteAllTextAsync(server.ConfigurationFile, (Configuration with { MaxSize = "2GB" }).ToToml());
        server.Send(Signal.Hangup);

        await Poll.UntilAsync(
            async () => await MaxSizeAsync(server) is 2_000_000_000, () => $"the change is not followed: {server.Log}");
    }

    [Fact]
    public async Task Hangup_InvalidChange_IsRefusedAsAWhole()
    {
        await using var server = await FabrikServer.StartAsync(_sandbox, Configuration);

        var invalid = Configuration with { MaxSize = "2GB", LogLevel = "chatty" };
        await File.WriteAllTextAsync(server.ConfigurationFile, invalid.ToToml());
        server.Send(Signal.Hangup);

        await Poll.UntilAsync(
            () => server.Log.Contains("log_level", StringComparison.Ordinal), () => $"no word of it: {server.Log}");
        Assert.Equal(1_000_000_000, await MaxSizeAsync(server));
    }

    public void Dispose() => _sandbox.Dispose();

    private static async Task<double> MaxSizeAsync(FabrikServer server) =>
        (await server.ReadMetricsAsync()).Sum("fabrik_cache_max_size_bytes");
}
