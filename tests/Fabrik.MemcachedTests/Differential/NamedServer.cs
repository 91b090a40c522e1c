using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Fabrik.MemcachedTests.Differential;

/// <summary>A memcached server in which every key has the same value: the number of the server.</summary>
internal sealed class NamedServer : IDisposable
{
    private readonly Socket _listener;
    private readonly string _number;

    private NamedServer(Socket listener, int number)
    {
        _listener = listener;
        _number = number.ToString(CultureInfo.InvariantCulture);
        _ = AcceptAsync();
    }

    public EndPoint EndPoint => _listener.LocalEndPoint!;

    public static NamedServer Start(EndPoint endPoint, int number)
    {
        var listener = new Socket(
            endPoint.AddressFamily, SocketType.Stream,
            endPoint is UnixDomainSocketEndPoint ? ProtocolType.Unspecified : ProtocolType.Tcp);
        try
        {
            listener.Bind(endPoint);
            listener.Listen();
        }
        catch
        {
            listener.Dispose();
            throw;
        }

        return new NamedServer(listener, number);
    }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptAsync());
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        try
        {
            while (await reader.ReadLineAsync() is { } line)
            {
                var reply = new StringBuilder();
                foreach (var key in line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1))
                {
                    reply.Append(CultureInfo.InvariantCulture, $"VALUE {key} 0 {_number.Length}\r\n{_number}\r\n");
                }

                reply.Append(line == "version" ? "VERSION 1.6.18\r\n" : "END\r\n");
                await stream.WriteAsync(Encoding.Latin1.GetBytes(reply.ToString()));
            }
        }
        catch (IOException)
        {
            // The other side went.
        }
    }
}
