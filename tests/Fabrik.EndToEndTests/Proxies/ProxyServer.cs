using System.Net.Http.Headers;
using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;

namespace Fabrik.EndToEndTests.Proxies;

/// <summary>A running <c>fabrik s3-proxy</c>, as the documentation says how to start it, ready to serve.</summary>
internal sealed class ProxyServer : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly ServerPorts _ports;

    private ProxyServer(ChildProcess process, ServerPorts ports, string configurationFile)
    {
        (_process, _ports, ConfigurationFile) = (process, ports, configurationFile);
        Http = new HttpClient
        {
            BaseAddress = new Uri($"http://127.0.0.1:{ports.S3Proxy}"),
            Timeout = Poll.Limit,
        };
    }

    public string ConfigurationFile { get; }

    public HttpClient Http { get; }

    public ServerPorts Ports => _ports;

    public string Log => _process.Everything;

    public static async Task<ProxyServer> StartAsync(Sandbox sandbox, ProxyConfiguration configuration)
    {
        var file = sandbox.Write("s3-proxy.yaml", configuration.ToYaml());
        var portsFile = sandbox.In($"ports-{Guid.NewGuid():N}.json");
        var process = ChildProcess.Start(
            FabrikCommand.Line(sandbox, "s3-proxy", "--config", file, "--ports-file", portsFile));
        try
        {
            var ports = await ServerPorts.DiscoverAsync(portsFile, process);
            await Poll.UntilAsync(
                () => process.HasExited
                    ? throw new InvalidOperationException($"It ended while it started:\n{process.Everything}")
                    : Readiness.AskAsync("127.0.0.1", ports),
                () => $"the proxy is not ready. Its log:\n{process.Everything}");
            return new ProxyServer(process, ports, file);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks for a path.</summary>
    /// <param name="path">The path, with a query if it has one.</param>
    /// <param name="token">What is shown, if anything.</param>
    /// <param name="range">What is asked for, if not all of it.</param>
    public async Task<ProxyAnswer> GetAsync(string path, string? token = null, RangeHeaderValue? range = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Range = range;
        using var answer = await Http.SendAsync(request);
        return new ProxyAnswer(
            (int)answer.StatusCode,
            await answer.Content.ReadAsByteArrayAsync(),
            answer.Headers.NonValidated.TryGetValues("Cache-Status", out var status) ? status.ToString() : "",
            answer.Content.Headers.ContentRange?.ToString() ?? "");
    }

    public void Send(Signal signal) => _process.Send(signal);

    /// <summary>Ends it as a crash would: no word of farewell.</summary>
    public async Task KillAsync()
    {
        _process.Send(Signal.Kill);
        await _process.WaitAsync(Poll.Limit);
    }

    public Task<RunResult> WaitForEndAsync() => _process.WaitAsync(Poll.Limit);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _process.DisposeAsync();
    }
}
