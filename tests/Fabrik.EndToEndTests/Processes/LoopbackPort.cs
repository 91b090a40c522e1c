using System.Net;
using System.Net.Sockets;

namespace Fabrik.EndToEndTests.Processes;

/// <summary>Ports for servers of others that take no port 0.</summary>
internal static class LoopbackPort
{
    /// <summary>One that is free for long enough: nobody else asks the system for one by number.</summary>
    public static int FindFree()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Waits until a process listens there.</summary>
    public static Task AnswersAsync(int port, ChildProcess process) => Poll.UntilAsync(
        () => IsTakenAsync(port), () => $"nobody answers. The process printed:\n{process.Everything}");

    private static async Task<bool> IsTakenAsync(int port)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
