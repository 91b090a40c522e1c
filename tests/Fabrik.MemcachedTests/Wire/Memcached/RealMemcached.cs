using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Fabrik.MemcachedTests.Wire.Memcached;

/// <summary>memcached, on a socket in a folder of its own, where it is installed.</summary>
public sealed class RealMemcached : IDisposable
{
    private const string Program = "/usr/bin/memcached";

    private readonly string _folder = Directory.CreateTempSubdirectory("fabrik-mc").FullName;
    private readonly Process? _process;

    public RealMemcached()
    {
        if (File.Exists(Program))
        {
            string[] asUser = Environment.UserName == "root" ? ["-u", "root"] : [];
            _process = Process.Start(new ProcessStartInfo(Program, ["-s", Path, "-t", "1", .. asUser]));
        }
    }

    private string Path => System.IO.Path.Combine(_folder, "socket");

    /// <summary>Sends bytes on a connection of their own.</summary>
    /// <returns>All that is answered before the answer to <c>mn</c>, or before the connection is closed.</returns>
    public async Task<string> AskAsync(byte[] request, CancellationToken cancelled)
    {
        Assert.SkipWhen(_process is null, "memcached is not installed");
        using var limited = Limit(cancelled);
        var cancellationToken = limited.Token;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await ConnectAsync(socket, cancellationToken);
        await socket.SendAsync((byte[])[.. request, .. "mn\r\n"u8], cancellationToken);
        var received = new byte[64 * 1024];
        int length = 0;
        while (!received.AsSpan(0, length).EndsWith("MN\r\n"u8))
        {
            int read = await socket.ReceiveAsync(received.AsMemory(length), cancellationToken);
            if (read == 0)
            {
                return Encoding.Latin1.GetString(received, 0, length);
            }

            length += read;
        }

        return Encoding.Latin1.GetString(received, 0, length - 4);
    }

    /// <summary>Sends binary packets on a connection of their own.</summary>
    /// <returns>All that is answered before the answer to a NOOP, or before the connection is closed.</returns>
    public async Task<byte[]> AskPacketsAsync(byte[] request, CancellationToken cancelled)
    {
        Assert.SkipWhen(_process is null, "memcached is not installed");
        using var limited = Limit(cancelled);
        var cancellationToken = limited.Token;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await ConnectAsync(socket, cancellationToken);
        byte[] noop = new Packet(0x0a, "", "").ToBytes();
        await socket.SendAsync((byte[])[.. request, .. noop], cancellationToken);
        var received = new byte[64 * 1024];
        int length = 0;
        while (length < 24 || !received.AsSpan(length - 24, 2).SequenceEqual<byte>([0x81, 0x0a]))
        {
            int read = await socket.ReceiveAsync(received.AsMemory(length), cancellationToken);
            if (read == 0)
            {
                return received[..length];
            }

            length += read;
        }

        return received[..(length - 24)];
    }

    public void Dispose()
    {
        if (_process is not null)
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
        }

        Directory.Delete(_folder, true);
    }

    // An answer that never comes is a finding, not a test that hangs.
    private static CancellationTokenSource Limit(CancellationToken cancelled)
    {
        var limited = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        limited.CancelAfter(TimeSpan.FromSeconds(5));
        return limited;
    }

    private async Task ConnectAsync(Socket socket, CancellationToken cancellationToken)
    {
        for (; ; )
        {
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path), cancellationToken);
                return;
            }
            catch (SocketException) when (!_process!.HasExited)
            {
                await Task.Yield();
            }
        }
    }
}
