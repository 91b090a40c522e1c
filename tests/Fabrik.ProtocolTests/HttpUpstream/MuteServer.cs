using System.Net;
using System.Net.Sockets;
using System.Text;
using Fabrik.Testing;

namespace Fabrik.ProtocolTests.HttpUpstream;

/// <summary>
/// A server of before 1999, as it were: it never says 100 Continue, and answers when a body has come. Its clock is the
/// test's, and goes on while it says nothing.
/// </summary>
internal sealed class MuteServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly TestClock _clock;

    public MuteServer(TestClock clock)
    {
        _clock = clock;
        _listener.Start();
    }

    public Uri Url => new($"http://{_listener.LocalEndpoint}/");

    /// <summary>Takes one request with a body of a known length, and gives its head.</summary>
    public async Task<string> TakeAsync(int length)
    {
        using var client = await _listener.AcceptTcpClientAsync();
        await using var stream = client.GetStream();
        var bytes = new byte[length + 65536];
        var count = 0;
        int end;
        while ((end = bytes.AsSpan(0, count).IndexOf("\r\n\r\n"u8)) < 0)
        {
            count += await stream.ReadAsync(bytes.AsMemory(count));
        }

        var head = Encoding.ASCII.GetString(bytes, 0, end);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await stream.ReadExactlyAsync(bytes.AsMemory(count, end + 4 + length - count));
        await stream.WriteAsync("HTTP/1.1 201 Created\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray());
        return head;
    }

    public void Dispose() => _listener.Dispose();
}
