using System.Globalization;
using Fabrik.EndToEndTests.Processes;
using Xunit;

namespace Fabrik.EndToEndTests.Product;

/// <summary>
/// The daemon of one configuration, known by what it tells in its state folder, as a shell hook knows it. Disposing
/// kills whatever was started.
/// </summary>
/// <param name="sandbox">Whose daemon it is: it has one at most.</param>
/// <param name="configurationFile">Its configuration.</param>
/// <param name="variables">What they find in their environment beside what the sandbox gives.</param>
internal sealed class FabrikDaemon(
    Sandbox sandbox, string configurationFile, params IReadOnlyList<(string Name, string Value)> variables)
    : IDisposable
{
    private readonly HashSet<int> _started = [];

    public bool HasPorts => StateFiles("ports.json").Length > 0;

    /// <summary>Starts it in the background, or finds that it runs.</summary>
    /// <returns>The process that serves.</returns>
    public async Task<int> EnsureAsync()
    {
        var run = await RunAsync("daemon", "--background");
        Assert.True(run.ExitCode == 0, run.Everything);
        var id = ReadProcessId();
        _started.Add(id);
        return id;
    }

    public Task<RunResult> RunAsync(params string[] arguments) =>
        FabrikCommand.RunWithAsync(sandbox, variables, [.. arguments, "--config", configurationFile]);

    public ServerPorts ReadPorts() => ServerPorts.Read(StateFile("ports.json"));

    /// <summary>A client of its build-tool listener.</summary>
    public HttpClient Connect() => new() { BaseAddress = new Uri($"http://127.0.0.1:{ReadPorts().Http}") };

    public async Task<MetricsSnapshot> ReadMetricsAsync()
    {
        using var http = new HttpClient();
        return MetricsSnapshot.Parse(
            await http.GetStringAsync(new Uri($"http://127.0.0.1:{ReadPorts().Metrics}/metrics")));
    }

    /// <summary>What it has logged until now.</summary>
    public string ReadLog() => File.ReadAllText(StateFile("daemon.log"));

    public void WriteProcessId(int processId) =>
        File.WriteAllText(StateFile("pid"), processId.ToString(CultureInfo.InvariantCulture));

    public void Kill(int processId) => Signals.Send(processId, Signal.Kill);

    /// <summary>Waits until the process is gone. A zombie, which only its parent can bury, counts as gone.</summary>
    public static Task EndsAsync(int processId) =>
        Poll.UntilAsync(() => !IsAlive(processId), () => $"process {processId} still runs");

    public static bool IsAlive(int processId)
    {
        try
        {
            var fields = File.ReadAllText($"/proc/{processId}/stat");
            return fields[fields.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        foreach (var processId in _started)
        {
            Signals.Send(processId, Signal.Kill);
        }
    }

    private int ReadProcessId() =>
        int.Parse(File.ReadAllText(StateFile("pid")).Trim(), CultureInfo.InvariantCulture);

    private string StateFile(string name) => Assert.Single(StateFiles(name));

    private string[] StateFiles(string name)
    {
        var folder = sandbox.In("home/state/fabrik/daemons");
        return Directory.Exists(folder) ? Directory.GetFiles(folder, name, SearchOption.AllDirectories) : [];
    }
}
