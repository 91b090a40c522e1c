using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Fabrik.Wire.Memcached;
using Xunit;

namespace Fabrik.MemcachedTests.Wire.Memcached;

/// <summary>memcached, on a socket in a folder of its own, where it is installed.</summary>
public sealed class RealMemcached : IDisposable
{
    private const string Program = "/usr/bin/memcached";

    // Nothing else that tests send is answered so: the answer to a test's own mn may arrive alone.
    private const string Barrier = "md barrier O7barrier7\r\n";
    private const string Passed = "NF O7barrier7\r\n";
    private const uint BarrierOpaque = 0x7fba77e7;

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
    /// <returns>All that is answered before the answer to a barrier, or before the connection is closed.</returns>
    public async Task<string> AskAsync(byte[] request, CancellationToken cancelled)
    {
        Assert.SkipWhen(_process is null, "memcached is not installed");
        using var limited = Limit(cancelled);
        var cancellationToken = limited.Token;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await ConnectAsync(socket, cancellationToken);
        await socket.SendAsync((byte[])[.. request, .. Encoding.ASCII.GetBytes(Barrier)], cancellationToken);
        var received = new byte[64 * 1024];
        int length = 0;
        byte[] passed = Encoding.ASCII.GetBytes(Passed);
        while (!received.AsSpan(0, length).EndsWith(passed))
        {
            int read = await socket.ReceiveAsync(received.AsMemory(length), cancellationToken);
            if (read == 0)
            {
                return Encoding.Latin1.GetString(received, 0, length);
            }

            length += read;
        }

        return Encoding.Latin1.GetString(received, 0, length - passed.Length);
    }

    /// <summary>Sends binary packets on a connection of their own.</summary>
    /// <returns>All that is answered before the answer to a barrier, or before the connection is closed.</returns>
    public async Task<byte[]> AskPacketsAsync(byte[] request, CancellationToken cancelled)
    {
        Assert.SkipWhen(_process is null, "memcached is not installed");
        using var limited = Limit(cancelled);
        var cancellationToken = limited.Token;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await ConnectAsync(socket, cancellationToken);
        byte[] barrier = new Packet(0x0a, "", "") { Opaque = BarrierOpaque }.ToBytes();
        await socket.SendAsync((byte[])[.. request, .. barrier], cancellationToken);
        var received = new byte[64 * 1024];
        int length = 0;
        while (!IsBarrier(received.AsSpan(0, length)))
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

    private static bool IsBarrier(ReadOnlySpan<byte> received) =>
        received.Length >= BinaryHeader.Size
        && BinaryHeader.Read(received[^BinaryHeader.Size..]) is { Opcode: 0x0a, Opaque: BarrierOpaque };

    // An answer that never comes is a finding, not a test that hangs.
    private static CancellationTokenSource Limit(CancellationToken cancelled)
    {
        var limited = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        limited.CancelAfter(TimeSpan.FromSeconds(60));
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
