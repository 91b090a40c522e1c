using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Proxies;

/// <summary>Downloads through <c>fabrik s3-proxy</c> while the origin is in the middle of its answer.</summary>
public sealed class HeldDownloadTests : IDisposable
{
    private const int Clients = 200;

    private readonly Sandbox _sandbox = new();

    [Fact]
    public async Task Herd_OnAColdObject_IsOneRequestToTheOrigin()
    {
        await using var origin = await HeldOrigin.StartAsync();
        await using var proxy = await ProxyServer.StartAsync(_sandbox, Configuration(origin));
        var downloads = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => BeginAsync(proxy)));
        origin.Release();
        foreach (var download in downloads)
        {
            Assert.Equal(origin.Object, await RestAsync(download));
        }

        Assert.Equal("GET /object", Assert.Single(origin.Requests, IsNoProbe));
        Assert.True((await proxy.GetAsync("/object")).IsHit);
        Assert.Equal("GET /object", Assert.Single(origin.Requests, IsNoProbe));
    }

    [Fact]
    public async Task Termination_InTheMiddleOfADownload_WaitsForItsEnd()
    {
        await using var origin = await HeldOrigin.StartAsync();
        await using var proxy = await ProxyServer.StartAsync(_sandbox, Configuration(origin));
        var download = await BeginAsync(proxy);
        proxy.Send(Signal.Terminate);
        await Readiness.EndsAsync(proxy.Ports);
        origin.Release();
        Assert.Equal(origin.Object, await RestAsync(download));
        var end = await proxy.WaitForEndAsync();
        Assert.True(end.ExitCode == 0, end.Everything);
    }

    public void Dispose() => _sandbox.Dispose();

    private ProxyConfiguration Configuration(HeldOrigin origin) => new()
    {
        StoreDirectory = _sandbox.In("store"),
        Buckets = [ProxyConfiguration.Origin(origin.Port)],
    };

    // The proxy looks after its origins by itself.
    private static bool IsNoProbe(string request) => request != "HEAD /";

    // The answer's head is here, and the rest of its body is not.
    private static Task<HttpResponseMessage> BeginAsync(ProxyServer proxy) =>
        proxy.Http.GetAsync(new Uri("/object", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);

    private static async Task<byte[]> RestAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            answer.EnsureSuccessStatusCode();
            return await answer.Content.ReadAsByteArrayAsync();
        }
    }
}
