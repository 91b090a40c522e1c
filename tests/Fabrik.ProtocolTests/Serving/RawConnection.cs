using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Fabrik.ProtocolTests.Serving;

/// <summary>A connection on which a test says exactly what is sent, and hears exactly what comes.</summary>
internal sealed class RawConnection : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly NetworkStream _stream;

    private RawConnection(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
    }

    public static async Task<RawConnection> OpenAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return new RawConnection(socket);
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public Task SendAsync(byte[] bytes) => _stream.WriteAsync(bytes).AsTask();

    /// <summary>Says that nothing more will be sent.</summary>
    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Goes away as a process that is killed with unread bytes does.</summary>
    public void Reset() => _socket.Close(timeout: 0);

    /// <summary>Reads the next answer: its head, and as much body as that announces.</summary>
    public async Task<RawAnswer> ReadAnswerAsync(bool isHead = false)
    {
        var head = new StringBuilder();
        while (!EndsWithEmptyLine(head))
        {
            head.Append((await ReadTextAsync(1))[0]);
        }

        var answer = new RawAnswer(head.ToString(), "");
        var length = int.Parse(answer.Find("Content-Length") ?? "0", provider: null);
        return isHead || length == 0 ? answer : answer with { Body = await ReadTextAsync(length) };
    }

    /// <summary>Waits until the server has closed the connection, in whatever way.</summary>
    public async Task WaitForCloseAsync()
    {
        try
        {
            var rest = new byte[4096];
            while (await _stream.ReadAsync(rest) > 0)
            {
            }
        }
        catch (IOException)
        {
            // A reset is a close, too.
        }
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async Task<string> ReadTextAsync(int count)
    {
        var bytes = new byte[count];
        await _stream.ReadExactlyAsync(bytes);
        return Encoding.Latin1.GetString(bytes);
    }

    private static bool EndsWithEmptyLine(StringBuilder text) =>
        text.Length >= 4 && text[^4] == '\r' && text[^3] == '\n' && text[^2] == '\r' && text[^1] == '\n';
}
