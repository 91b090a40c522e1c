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

    public int ProcessId => _process.Id;

    public string Log => _process.Everything;

    public static Task<ProxyServer> StartAsync(Sandbox sandbox, ProxyConfiguration configuration) =>
        StartAsync(sandbox, sandbox.Write("s3-proxy.yaml", configuration.ToYaml()), [], []);

    /// <summary>Starts it with a file that is there.</summary>
    /// <param name="sandbox">Where it runs.</param>
    /// <param name="file">The configuration.</param>
    /// <param name="flags">What stands on the command line beside it.</param>
    /// <param name="variables">Variables beside those of the sandbox.</param>
    public static async Task<ProxyServer> StartAsync(
        Sandbox sandbox, string file, string[] flags, params (string Name, string Value)[] variables)
    {
        var portsFile = sandbox.In($"ports-{Guid.NewGuid():N}.json");
        var line = FabrikCommand.Line(
            sandbox, ["s3-proxy", "--config", file, "--ports-file", portsFile, .. flags]);
        var (process, ports) = await ProxyStart.RunAsync(
            line with { Environment = sandbox.EnvironmentWith(variables) }, portsFile);
        return new ProxyServer(process, ports, file);
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
        return await ProxyAnswer.ReadAsync(answer);
    }

    /// <summary>Sends a request whose target goes over the wire as it is.</summary>
    public async Task<ProxyAnswer> AskAsync(
        HttpMethod method, string target, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = new(method, Exactly(target));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var answer = await Http.SendAsync(request);
        return await ProxyAnswer.ReadAsync(answer);
    }

    /// <summary>Begins a download: the head is here, and the body waits until it is read.</summary>
    public Task<HttpResponseMessage> BeginAsync(string target, string? token = null)
    {
        HttpRequestMessage request = new(HttpMethod.Get, Exactly(target));
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public async Task<MetricsSnapshot> ReadMetricsAsync() =>
        MetricsSnapshot.Parse(await Http.GetStringAsync(new Uri(Operators, "metrics")));

    /// <summary>Where operators ask.</summary>
    public Uri Operators => new($"http://127.0.0.1:{_ports.Metrics}/");

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

    private Uri Exactly(string target) => new(
        $"http://127.0.0.1:{_ports.S3Proxy}{target}",
        new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
}
