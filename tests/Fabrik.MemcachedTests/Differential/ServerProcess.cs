using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Fabrik.MemcachedTests.Differential;

/// <summary>A program of another project that listens somewhere, with a folder of its own.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process _process;
    private readonly DirectoryInfo _folder;

    private ServerProcess(Process process, DirectoryInfo folder) => (_process, _folder) = (process, folder);

    /// <summary>Keys that each comparison takes: FABRIK_RING_KEYS, or few.</summary>
    public static int Keys =>
        int.TryParse(Environment.GetEnvironmentVariable("FABRIK_RING_KEYS"), out var keys) ? keys : 300;

    /// <summary>The path of a program; skips the test where there is none.</summary>
    public static string Find(string program, string package)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin").Split(':')
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
        if (path is null)
        {
            Assert.Skip($"{program} is not installed (Debian: {package})");
        }

        return path;
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Starts it, and waits until it listens.</summary>
    public static async Task<ServerProcess> StartAsync(
        string program, string[] arguments, DirectoryInfo folder, EndPoint listens)
    {
        var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder.FullName })!;
        var server = new ServerProcess(process, folder);
        try
        {
            await server.WaitAsync(listens);
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    public static async Task<Socket> ConnectAsync(EndPoint endPoint)
    {
        var socket = new Socket(
            endPoint.AddressFamily, SocketType.Stream,
            endPoint is UnixDomainSocketEndPoint ? ProtocolType.Unspecified : ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endPoint);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task WaitAsync(EndPoint listens)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!limit.IsCancellationRequested)
        {
            try
            {
                using var socket = await ConnectAsync(listens);
                return;
            }
            catch (SocketException) when (!_process.HasExited)
            {
                await Task.Yield();
            }
        }

        throw new TimeoutException($"{_process.StartInfo.FileName} does not listen.");
    }
}
