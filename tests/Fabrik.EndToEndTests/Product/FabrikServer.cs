using System.Text.Json;
using Fabrik.EndToEndTests.Processes;

namespace Fabrik.EndToEndTests.Product;

/// <summary>A running <c>fabrik server</c> with ports of its own, ready to serve.</summary>
internal sealed class FabrikServer : IAsyncDisposable
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(60);

    private readonly ChildProcess _process;
    private readonly string _host;

    private FabrikServer(ChildProcess process, (string File, string Host) configuration, ServerPorts ports)
    {
        _process = process;
        ConfigurationFile = configuration.File;
        _host = configuration.Host;
        Ports = ports;
        Http = new HttpClient { BaseAddress = new Uri($"http://{_host}:{ports.Http}"), Timeout = EndLimit };
    }

    public string ConfigurationFile { get; }

    public ServerPorts Ports { get; }

    public HttpClient Http { get; }

    public Uri Address => Http.BaseAddress!;

    /// <summary>Where the S3 API is.</summary>
    public Uri S3Address => new($"http://{_host}:{Ports.S3}");

    public int ProcessId => _process.Id;

    public string Log => _process.Everything;

    /// <summary>Writes the configuration, starts the server and waits until it says that it is ready.</summary>
    public static async Task<FabrikServer> StartAsync(Sandbox sandbox, ServerConfiguration configuration)
    {
        var file = sandbox.Write(configuration.FileName, configuration.ToToml());
        var portsFile = sandbox.In($"ports-{Guid.NewGuid():N}.json");
        string[] arguments = ["server", "--config", file, "--ports-file", portsFile, .. configuration.Arguments];
        var line = FabrikCommand.Line(sandbox, arguments) with
        {
            Environment = sandbox.EnvironmentWith([.. configuration.Environment]),
        };
        var process = ChildProcess.Start(configuration.Namespace is { } space ? NetworkHost.In(space, line) : line);
        try
        {
            var ports = await ServerPorts.DiscoverAsync(portsFile, process);
            var server = new FabrikServer(process, (file, configuration.Host), ports);
            await server.BecomesReadyAsync();
            return server;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public async Task<MetricsSnapshot> ReadMetricsAsync() =>
        MetricsSnapshot.Parse(await Http.GetStringAsync(new Uri($"http://{_host}:{Ports.Metrics}/metrics")));

    public async Task<JsonElement> ReadHealthAsync()
    {
        var text = await Http.GetStringAsync(new Uri($"http://{_host}:{Ports.Health}/health"));
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    public void Send(Signal signal) => _process.Send(signal);

    /// <summary>Ends it as a crash would: no word of farewell.</summary>
    public async Task KillAsync()
    {
        _process.Send(Signal.Kill);
        await _process.WaitAsync(EndLimit);
    }

    public Task<RunResult> WaitForEndAsync() => _process.WaitAsync(EndLimit);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _process.DisposeAsync();
    }

    private Task BecomesReadyAsync() =>
        Poll.UntilAsync(IsReadyAsync, () => $"the server is not ready. Its log:\n{Log}");

    private Task<bool> IsReadyAsync() => _process.HasExited
        ? throw new InvalidOperationException($"The server ended while it started. Its log:\n{Log}")
        : Readiness.AskAsync(_host, Ports);
}
