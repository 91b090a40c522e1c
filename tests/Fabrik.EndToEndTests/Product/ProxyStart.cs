using Fabrik.EndToEndTests.Processes;

namespace Fabrik.EndToEndTests.Product;

/// <summary>Starts a proxy of ours, and waits until it says that it is ready.</summary>
internal static class ProxyStart
{
    /// <summary>Starts it; one that does not become ready is ended.</summary>
    /// <param name="line">Its command line.</param>
    /// <param name="portsFile">The file that the line has it write its ports to.</param>
    public static async Task<(ChildProcess Process, ServerPorts Ports)> RunAsync(CommandLine line, string portsFile)
    {
        var process = ChildProcess.Start(line);
        try
        {
            var ports = await ServerPorts.DiscoverAsync(portsFile, process);
            await Poll.UntilAsync(
                () => process.HasExited
                    ? throw new InvalidOperationException($"It ended while it started:\n{process.Everything}")
                    : Readiness.AskAsync("127.0.0.1", ports),
                () => $"the proxy is not ready. Its log:\n{process.Everything}");
            return (process, ports);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }
}
