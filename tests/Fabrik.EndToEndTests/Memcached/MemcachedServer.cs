using System.Globalization;
using Fabrik.EndToEndTests.Processes;

namespace Fabrik.EndToEndTests.Memcached;

/// <summary>A real memcached. It may be killed, and another one started at its port.</summary>
internal sealed class MemcachedServer : IAsyncDisposable
{
    private const string PortOfItsChoice = "-1";

    private readonly Sandbox _sandbox;
    private readonly MemcachedSetup _setup;
    private readonly string _portFile;
    private ChildProcess _process;

    private MemcachedServer(Sandbox sandbox, MemcachedSetup setup)
    {
        (_sandbox, _setup) = (sandbox, setup);
        _portFile = sandbox.In($"memcached-{Guid.NewGuid():N}");
        _process = Start(PortOfItsChoice);
    }

    public int Port { get; private set; }

    /// <summary>As configurations name it.</summary>
    public string Address => $"127.0.0.1:{Port}";

    public static Task<MemcachedServer> StartAsync(Sandbox sandbox) => StartAsync(sandbox, new MemcachedSetup());

    public static async Task<MemcachedServer> StartAsync(Sandbox sandbox, MemcachedSetup setup)
    {
        MemcachedServer server = new(sandbox, setup);
        try
        {
            // The file appears whole, with a line such as "TCP INET: 40123".
            await Poll.UntilAsync(
                () => File.Exists(server._portFile),
                () => $"memcached tells no port:\n{server._process.Everything}");
            var line = (await File.ReadAllLinesAsync(server._portFile))[0];
            server.Port = int.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends it as a crash would.</summary>
    public async Task KillAsync()
    {
        _process.Send(Signal.Kill);
        await _process.WaitAsync(Poll.Limit);
    }

    /// <summary>Starts another one, with nothing in it, at the same port.</summary>
    public async Task StartAgainAsync()
    {
        await _process.DisposeAsync();
        _process = Start(Port.ToString(CultureInfo.InvariantCulture));
        await LoopbackPort.AnswersAsync(Port, _process);
    }

    public void Send(Signal signal) => _process.Send(signal);

    /// <summary>Stops it, and waits until it has.</summary>
    public Task StopAsync() => _process.StopAsync();

    public async ValueTask DisposeAsync()
    {
        _process.Send(Signal.Continue);
        await _process.DisposeAsync();
    }

    private ChildProcess Start(string port)
    {
        string[] user = Environment.IsPrivilegedProcess ? ["-u", "root"] : [];
        return ChildProcess.Start(new CommandLine(
            _setup.Program, ["-l", "127.0.0.1", "-p", port, "-U", "0", .. user, .. _setup.Arguments])
        {
            Directory = _sandbox.Root,
            Environment = _sandbox.EnvironmentWith(
                [.. _setup.Environment, ("MEMCACHED_PORT_FILENAME", _portFile)]),
        });
    }
}
