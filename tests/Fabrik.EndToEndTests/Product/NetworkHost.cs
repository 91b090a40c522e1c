using Fabrik.EndToEndTests.Processes;
using Xunit;

namespace Fabrik.EndToEndTests.Product;

/// <summary>
/// A host of its own on this machine: a network namespace, with a line to the test. Disposing takes it away with all of
/// its lines.
/// </summary>
internal sealed class NetworkHost : IAsyncDisposable
{
    private const string Ip = "ip";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    // The system takes its time to let go of a host: the next one has other names and addresses.
    private static int s_last;

    // Tests of two working copies may run at the same time.
    private static readonly string Network = $"10.{64 + (Environment.ProcessId % 128)}";

    private readonly Sandbox _sandbox;
    private readonly int _number = Interlocked.Increment(ref s_last);

    private NetworkHost(Sandbox sandbox)
    {
        _sandbox = sandbox;
        Name = $"fabrik-{Environment.ProcessId}-{_number}";
    }

    /// <summary>The namespace.</summary>
    public string Name { get; }

    /// <summary>Its address on the line to the test.</summary>
    public string Address => $"{Network}.{_number}.2";

    private string HostsFile => $"/etc/netns/{Name}/hosts";

    /// <summary>Makes a host, or skips the test where this user may not.</summary>
    /// <param name="sandbox">Whose environment commands get.</param>
    public static async Task<NetworkHost> CreateAsync(Sandbox sandbox)
    {
        var host = new NetworkHost(sandbox);
        var made = await host.TryAsync("netns", "add", host.Name);
        if (made.ExitCode != 0)
        {
            Assert.Skip($"network namespaces cannot be made here: {made.Everything}");
        }

        try
        {
            await host.ConnectToTestAsync();
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>A command that runs there.</summary>
    public static CommandLine In(string name, CommandLine line) =>
        new(Ip, ["netns", "exec", name, line.Program, .. line.Arguments])
        {
            Directory = line.Directory,
            Environment = line.Environment,
        };

    /// <summary>Lays a line from here to another host.</summary>
    public async Task ConnectAsync(NetworkHost other, string address, string otherAddress)
    {
        await RunAsync("-n", Name, "link", "add", "line", "type", "veth", "peer", "name", "line", "netns", other.Name);
        await ConfigureAsync("line", address);
        await other.ConfigureAsync("line", otherAddress);
    }

    /// <summary>Gives its end of the line another address.</summary>
    public async Task MoveAsync(string address)
    {
        await RunAsync("-n", Name, "addr", "flush", "dev", "line");
        await ConfigureAsync("line", address);
    }

    /// <summary>
    /// Pulls its end of the line, or puts it in again: what is sent meanwhile is lost without a word.
    /// </summary>
    public Task PlugAsync(bool isIn) => RunAsync("-n", Name, "link", "set", "line", isIn ? "up" : "down");

    /// <summary>What a name resolves to in processes that start there from now on, and in those that run.</summary>
    public void Resolve(string name, string address)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(HostsFile)!);

        // The file is mounted over /etc/hosts: it has to stay the same one.
        using var file = new FileStream(HostsFile, FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
        using var writer = new StreamWriter(file);
        writer.Write($"127.0.0.1 localhost\n{address} {name}\n");
    }

    public async ValueTask DisposeAsync()
    {
        await TryAsync("netns", "del", Name);
        if (Directory.Exists(Path.GetDirectoryName(HostsFile)))
        {
            Directory.Delete(Path.GetDirectoryName(HostsFile)!, recursive: true);
        }
    }

    private async Task ConnectToTestAsync()
    {
        var outer = $"fo{Environment.ProcessId % 100000}-{_number}";
        await RunAsync("link", "add", outer, "type", "veth", "peer", "name", "test", "netns", Name);
        await RunAsync("addr", "add", $"{Network}.{_number}.1/24", "dev", outer);
        await RunAsync("link", "set", outer, "up");
        await ConfigureAsync("test", Address);
        await RunAsync("-n", Name, "link", "set", "lo", "up");
    }

    private async Task ConfigureAsync(string device, string address)
    {
        await RunAsync("-n", Name, "addr", "add", $"{address}/24", "dev", device);
        await RunAsync("-n", Name, "link", "set", device, "up");
    }

    private async Task RunAsync(params string[] arguments)
    {
        var run = await TryAsync(arguments);
        Assert.True(run.ExitCode == 0, $"ip {string.Join(' ', arguments)}: {run.Everything}");
    }

    private Task<RunResult> TryAsync(params string[] arguments) => ChildProcess.RunAsync(
        new CommandLine(Ip, arguments) { Directory = _sandbox.Root, Environment = _sandbox.Environment }, Limit);
}
