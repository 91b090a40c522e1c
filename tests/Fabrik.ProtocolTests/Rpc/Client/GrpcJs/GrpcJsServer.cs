using System.Diagnostics;
using System.Globalization;
using Fabrik.ProtocolTests.Rpc.Client.GrpcJs;
using Fabrik.Upstreams.Rpc;
using Xunit;

[assembly: AssemblyFixture(typeof(GrpcJsServer))]

namespace Fabrik.ProtocolTests.Rpc.Client.GrpcJs;

/// <summary>The server of <c>@grpc/grpc-js</c> in a process of its own; tests are skipped without it.</summary>
public sealed class GrpcJsServer : IDisposable
{
    private readonly Lock _lock = new();
    private Process? _process;
    private int[] _ports = [];

    /// <summary>Opens a channel to the server, which is started first if it is not there yet.</summary>
    /// <param name="options">What the channel does.</param>
    /// <param name="isCompressed">Whether the server compresses what it sends.</param>
    public GrpcChannel Open(GrpcChannelOptions? options = null, bool isCompressed = false)
    {
        lock (_lock)
        {
            if (_process is null)
            {
                Start();
            }
        }

        return GrpcChannel.ForAddress(
            $"http://127.0.0.1:{_ports[isCompressed ? 1 : 0]}", options ?? new GrpcChannelOptions());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // It ends when its input does.
        _process?.StandardInput.Close();
        _process?.WaitForExit();
        _process?.Dispose();
    }

    private void Start()
    {
        var modules = FindModules();
        if (modules is null || FindNode() is null)
        {
            const string Reason = "@grpc/grpc-js is missing: install it by eng/install-clients.";
            Assert.SkipWhen(Environment.GetEnvironmentVariable("CI") is null or "" or "false", Reason);
            Assert.Fail(Reason + " In CI no client may be missing.");
        }

        var script = Path.Combine(AppContext.BaseDirectory, "Rpc", "Client", "GrpcJs", "server.js");
        var start = new ProcessStartInfo(FindNode()!, [script])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["NODE_PATH"] = modules;
        _process = Process.Start(start)!;
        var line = _process.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException("the server of @grpc/grpc-js did not start");
        _ports = [.. line.Split(' ').Select(static port => int.Parse(port, CultureInfo.InvariantCulture))];
    }

    private static string? FindNode() => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Select(static folder => Path.Combine(folder, "node"))
        .FirstOrDefault(File.Exists);

    private static string? FindModules()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var modules = Path.Combine(folder, ".clients", "npm", "node_modules");
            if (Directory.Exists(Path.Combine(modules, "@grpc", "grpc-js")))
            {
                return modules;
            }
        }

        return null;
    }
}
